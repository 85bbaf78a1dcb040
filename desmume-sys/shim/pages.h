/* Which pages of memory the system hands out. */
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

/* From here on a system call costs less than the writing. */
static const size_t LARGE = 0x10000;

/* memset, for files whose memory is cleared at power-on and mostly never touched. */
static inline void *fill(void *start, int value, size_t size)
{
    if (value == 0 && size >= LARGE) {
        release(start, size);
        return start;
    }
    return memset(start, value, size);
}

/* Asks for large pages under a table that is all going to be written: a large page costs the system
   little more than a small one, of which there would be hundreds. A system without them does not. */
template <typename Table>
static inline void prefer_large_pages(Table &table)
{
#ifdef MADV_HUGEPAGE
    const uintptr_t page = sysconf(_SC_PAGESIZE);
    const uintptr_t begin = (uintptr_t)&table / page * page;
    madvise((void *)begin, (uintptr_t)(&table + 1) - begin, MADV_HUGEPAGE);
#else
    (void)table;
#endif
}
