/* Functions on stacks of their own, which are resumed and yield; and what goes wrong in them.
 *
 * A core is a function that returns when its console is switched off. As a coroutine it needs no thread: resuming it
 * plays on until it yields. It may be resumed on another thread than before. Its floating-point mode is its own: at first
 * the default one, whatever the thread's is.
 */
#ifndef COROUTINE_H
#define COROUTINE_H

#include <fenv.h>
#include <stddef.h>
#include <stdint.h>

struct coroutine;

/* What `coroutine_resume` returns apart from what was yielded. */
enum {
    /* The function has returned. */
    COROUTINE_ENDED = -1,
    /* A signal of a fault arrived: `coroutine_fault` tells which. It must not be resumed again. */
    COROUTINE_CRASHED = -2,
    /* It ran for longer than allowed. It must not be resumed again. */
    COROUTINE_STUCK = -3,
};

/* A coroutine that runs `run(argument)` on a new stack of `stack` bytes. NULL if there is no memory. */
struct coroutine *coroutine_new(size_t stack, void (*run)(void *), void *argument);

/* Runs until it yields, returns, crashes, or has run for `milliseconds`. Returns what was yielded (0 or more), or one of
 * the above. */
int coroutine_resume(struct coroutine *coroutine, uint32_t milliseconds);

/* Called inside: returns `value` from `coroutine_resume`, and itself returns when it is resumed. */
void coroutine_yield(void *coroutine, int value);

/* The signal of the crash, and the address that it names. */
int coroutine_fault(const struct coroutine *coroutine, uintptr_t *address);

/* Frees the stack, whether or not the function has returned. */
void coroutine_free(struct coroutine *coroutine);

#endif
