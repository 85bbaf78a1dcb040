// Decryption of a ROM's secure area, without reports on stderr.

#include <stdio.h>

#define fprintf(...) (0)
#include <utils/decrypt/decrypt.cpp>
