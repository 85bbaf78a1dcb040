// What the core allocates with `new` is zeroed, as is what it allocates with malloc: see silence.h. Its sound hardware,
// for one, is written into states with members that no constructor sets.

#include <cstdlib>
#include <new>

void *operator new(std::size_t size)
{
    void *const memory = std::calloc(1, size != 0 ? size : 1);
    if (memory == nullptr) {
        throw std::bad_alloc();
    }
    return memory;
}
