/* Included before every file of the core: the core reports on stdout, a library must not. */
#pragma once

#include <stdio.h>

#ifdef __cplusplus
#include <cstdio>
#endif

#define printf(...) (0)
