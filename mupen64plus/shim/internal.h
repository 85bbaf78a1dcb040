/* What the files of the shim share. */
#ifndef INTERNAL_H
#define INTERNAL_H

#include "shim.h"

#define EXPORT __attribute__((visibility("default")))

extern struct shim shim;

/* What the core gave the video plugin. */
extern struct abi_video_info console;

/* Waits until the state that the core makes is there. */
void await_saved(void);

/* Replaces functions that a loaded library calls. Returns the first that it does not call, or NULL. */
struct replacement {
    const char *name;
    void *function;
};
const char *replace(void *library, const struct replacement *replacements, size_t count);

#endif
