// The console's clock: the core reads the host's, except while a movie plays, when it counts frames
// from the movie's start time. Here it always counts, so that runs repeat.

#include "movie.h"
#include "rtc.h"

#define movieMode MOVIEMODE_PLAY
#include <rtc.cpp>
