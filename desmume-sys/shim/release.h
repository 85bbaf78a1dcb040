/* Zeroed memory without writing it. */
#pragma once

#include <cstdint>
#include <cstring>

#include <sys/mman.h>
#include <unistd.h>

/* Zeroes [start, start + size): whole pages go back to the system, which hands out zeroed ones when
   they are touched. For memory that no file stands behind. */
static inline void release(void *start, size_t size)
{
    const uintptr_t page = sysconf(_SC_PAGESIZE);
    const uintptr_t begin = (uintptr_t)start;
    const uintptr_t end = begin + size;
    const uintptr_t first_page = (begin + page - 1) / page * page;
    const uintptr_t last_page = end / page * page;
    if (first_page >= last_page || madvise((void *)first_page, last_page - first_page, MADV_DONTNEED) != 0) {
        memset(start, 0, size);
        return;
    }
    memset((void *)begin, 0, first_page - begin);
    memset((void *)last_page, 0, end - last_page);
}
