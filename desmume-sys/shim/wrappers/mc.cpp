// The battery memory's file. Loading a state of a console that has not used its battery memory
// seeks to one byte before the file, for which the core's own kind of file reserves 4 GiB.

#include <algorithm>

#include "NDSSystem.h"
#include "emufile.h"

class BatteryFile : public EMUFILE_MEMORY
{
  public:
    using EMUFILE_MEMORY::EMUFILE_MEMORY;

    int fseek(int offset, int origin) override
    {
        return EMUFILE_MEMORY::fseek(origin == SEEK_SET ? std::max(offset, 0) : offset, origin);
    }
};

#define EMUFILE_MEMORY BatteryFile
#include <mc.cpp>
