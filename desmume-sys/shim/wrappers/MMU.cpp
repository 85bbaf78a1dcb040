// Memory: what is cleared at power-on is given back to the system instead of being written, 34 MB of
// which a game touches a third.

#include <cstring>

#include "MMU.h"
#include "pages.h"

#define memset fill
#include <MMU.cpp>
