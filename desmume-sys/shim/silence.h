/* Included before every file of the core: the core reports on stdout, a library must not; and it draws
   by memory that it never wrote, and saves it, which must then hold the same in every run: see also allocation.cpp. */
#pragma once

#include <stdio.h>
#include <stdlib.h>

#ifdef __cplusplus
#include <cstdio>
#include <cstdlib>
#endif

#define printf(...) (0)
#define malloc(size) calloc(1, (size))

/* AsmJit, which compiles, writes all that it allocates itself. */
#define ASMJIT_MALLOC (malloc)
