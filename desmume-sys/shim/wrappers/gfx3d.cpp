// Geometry: the lists of polygons and vertices are given back to the system at power-on instead of
// being written, 12 MB of which a game touches little.

#include <cstring>

#include "gfx3d.h"
#include "pages.h"

#define memset fill
#include <gfx3d.cpp>
