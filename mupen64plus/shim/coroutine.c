#define _GNU_SOURCE
/* The checked longjmp refuses to change stacks. */
#undef _FORTIFY_SOURCE

#include "coroutine.h"

#include <dlfcn.h>
#include <fenv.h>
#include <link.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

/* glibc before 2.38 has no name for it. */
#ifndef sigev_notify_thread_id
#define sigev_notify_thread_id _sigev_un._tid
#endif

/* A context only begins on its stack: then jumps change stacks, since changing contexts sets the signal mask by two calls of
 * the system, which is a hundredth of a step. */
struct coroutine {
    ucontext_t beginning;
    bool has_begun;
    jmp_buf inside;
    jmp_buf outside;
    void (*run)(void *);
    void *argument;
    /* With a page below it that faults. */
    void *stack;
    size_t stack_size;
    /* Of the thread that resumed it last. */
    timer_t timer;
    pid_t timer_thread;
    /* How often it was too late, but not at a place to be left at. */
    int postponed;
    int value;
    int signal;
    uintptr_t address;
    /* Rounding and the like, which jumps don't change: the core sets them as its program does. */
    fenv_t arithmetic;
};

static const int FAULTS[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
enum { FAULT_COUNT = sizeof(FAULTS) / sizeof(FAULTS[0]) };

/* What handled these signals before. */
static struct sigaction others[FAULT_COUNT];

/* The coroutine that runs on this thread. */
static _Thread_local struct coroutine *volatile running;

static int timeout_signal(void) { return SIGRTMAX - 3; }

/* Leaves the coroutine from within a signal handler. */
static void leave(struct coroutine *coroutine, int value) {
    coroutine->value = value;
    running = NULL;
    _longjmp(coroutine->outside, 1);
}

static void pass_on(int number, siginfo_t *info, void *context) {
    int fault = 0;
    while (FAULTS[fault] != number)
        fault++;
    const struct sigaction *other = &others[fault];
    if (other->sa_flags & SA_SIGINFO)
        other->sa_sigaction(number, info, context);
    else if (other->sa_handler == SIG_DFL || other->sa_handler == SIG_IGN)
        /* The faulting instruction runs again, and ends the process. */
        signal(number, SIG_DFL);
    else
        other->sa_handler(number);
}

static void on_fault(int number, siginfo_t *info, void *context) {
    struct coroutine *coroutine = running;
    if (!coroutine) {
        pass_on(number, info, context);
        return;
    }
    coroutine->signal = number;
    coroutine->address = (uintptr_t)info->si_addr;
    leave(coroutine, COROUTINE_CRASHED);
}

static void set_timer(struct coroutine *coroutine, uint32_t milliseconds) {
    struct itimerspec limit = {
        .it_value = {.tv_sec = milliseconds / 1000, .tv_nsec = (long)(milliseconds % 1000) * 1000000}};
    timer_settime(coroutine->timer, 0, &limit, NULL);
}

/* The code that may hold a lock of the process wherever it is interrupted: the allocator's and the C library's. */
static const char *const LOCKING[] = {"malloc", "fwrite"};
enum { LOCKING_COUNT = sizeof(LOCKING) / sizeof(LOCKING[0]) };
static struct {
    uintptr_t function, start, end;
} locking[LOCKING_COUNT];

static int find_locking(struct dl_phdr_info *object, size_t size, void *unused) {
    (void)size, (void)unused;
    for (int part = 0; part < object->dlpi_phnum; part++) {
        uintptr_t start = object->dlpi_addr + object->dlpi_phdr[part].p_vaddr;
        uintptr_t end = start + object->dlpi_phdr[part].p_memsz;
        if (!(object->dlpi_phdr[part].p_flags & PF_X))
            continue;
        for (int kind = 0; kind < LOCKING_COUNT; kind++)
            if (start <= locking[kind].function && locking[kind].function < end)
                locking[kind].start = start, locking[kind].end = end;
    }
    return 0;
}

/* Where the code was that a signal has interrupted. */
static uintptr_t interrupted_at(const ucontext_t *context) {
#if defined(__x86_64__)
    return (uintptr_t)context->uc_mcontext.gregs[REG_RIP];
#elif defined(__aarch64__)
    return (uintptr_t)context->uc_mcontext.pc;
#else
    (void)context;
    return 0;
#endif
}

static bool may_hold_locks(const ucontext_t *context) {
    uintptr_t place = interrupted_at(context);
    for (int kind = 0; kind < LOCKING_COUNT; kind++)
        if (locking[kind].start <= place && place < locking[kind].end)
            return true;
    return false;
}

/* Left in the allocator, a coroutine would hold its lock for ever. */
static void on_timeout(int number, siginfo_t *info, void *context) {
    enum { AGAIN_MILLISECONDS = 1, MOST_POSTPONED = 1000 };
    (void)number;
    struct coroutine *coroutine = running;
    if (!coroutine || info->si_code != SI_TIMER || info->si_value.sival_ptr != coroutine)
        return;
    if (may_hold_locks(context) && coroutine->postponed++ < MOST_POSTPONED)
        set_timer(coroutine, AGAIN_MILLISECONDS);
    else
        leave(coroutine, COROUTINE_STUCK);
}

static void install_handlers(void) {
    for (int kind = 0; kind < LOCKING_COUNT; kind++)
        locking[kind].function = (uintptr_t)dlsym(RTLD_DEFAULT, LOCKING[kind]);
    dl_iterate_phdr(find_locking, NULL);
    /* On the thread's signal stack, if it has one: a coroutine may have overflowed its own. */
    struct sigaction action = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER};
    for (int fault = 0; fault < FAULT_COUNT; fault++)
        sigaction(FAULTS[fault], &action, &others[fault]);
    action.sa_sigaction = on_timeout;
    action.sa_flags |= SA_RESTART;
    sigaction(timeout_signal(), &action, NULL);
}

static void begin(unsigned int high, unsigned int low) {
    struct coroutine *coroutine = (struct coroutine *)((uintptr_t)high << 16 << 16 | low);
    coroutine->run(coroutine->argument);
    coroutine->value = COROUTINE_ENDED;
    _longjmp(coroutine->outside, 1);
}

struct coroutine *coroutine_new(size_t stack, void (*run)(void *), void *argument) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, install_handlers);
    struct coroutine *coroutine = calloc(1, sizeof(*coroutine));
    if (!coroutine)
        return NULL;
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    coroutine->stack_size = stack + page;
    coroutine->stack = mmap(NULL, coroutine->stack_size, PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
    if (coroutine->stack == MAP_FAILED) {
        free(coroutine);
        return NULL;
    }
    mprotect(coroutine->stack, page, PROT_NONE);
    coroutine->run = run;
    coroutine->argument = argument;
    fenv_t callers;
    fegetenv(&callers);
    fesetenv(FE_DFL_ENV);
    fegetenv(&coroutine->arithmetic);
    fesetenv(&callers);
    getcontext(&coroutine->beginning);
    coroutine->beginning.uc_stack.ss_sp = (char *)coroutine->stack + page;
    coroutine->beginning.uc_stack.ss_size = stack;
    uintptr_t number = (uintptr_t)coroutine;
    makecontext(&coroutine->beginning, (void (*)(void))begin, 2, (unsigned int)(number >> 16 >> 16),
                (unsigned int)number);
    return coroutine;
}

/* Makes the timer one of this thread, if it is not yet. */
static bool own_timer(struct coroutine *coroutine) {
    static _Thread_local pid_t thread;
    if (!thread)
        thread = (pid_t)syscall(SYS_gettid);
    if (coroutine->timer_thread == thread)
        return true;
    if (coroutine->timer_thread)
        timer_delete(coroutine->timer);
    struct sigevent event = {.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = timeout_signal()};
    event.sigev_value.sival_ptr = coroutine;
    event.sigev_notify_thread_id = thread;
    coroutine->timer_thread = 0;
    if (timer_create(CLOCK_MONOTONIC, &event, &coroutine->timer) != 0)
        return false;
    coroutine->timer_thread = thread;
    return true;
}

static void enter(struct coroutine *coroutine) {
    if (_setjmp(coroutine->outside))
        return;
    if (coroutine->has_begun)
        _longjmp(coroutine->inside, 1);
    coroutine->has_begun = true;
    setcontext(&coroutine->beginning);
}

int coroutine_resume(struct coroutine *coroutine, uint32_t milliseconds) {
    /* The timer of the last time may still run: it is set again before its signal can take this coroutine for that one. */
    if (own_timer(coroutine))
        set_timer(coroutine, milliseconds);
    coroutine->postponed = 0;
    running = coroutine;
    fenv_t callers;
    fegetenv(&callers);
    fesetenv(&coroutine->arithmetic);
    enter(coroutine);
    fegetenv(&coroutine->arithmetic);
    fesetenv(&callers);
    /* The timer runs on, since stopping it is a call of the system: its signal finds nothing running. */
    running = NULL;
    return coroutine->value;
}

void coroutine_yield(void *yielding, int value) {
    struct coroutine *coroutine = yielding;
    coroutine->value = value;
    if (!_setjmp(coroutine->inside))
        _longjmp(coroutine->outside, 1);
}

int coroutine_fault(const struct coroutine *coroutine, uintptr_t *address) {
    *address = coroutine->address;
    return coroutine->signal;
}

void coroutine_free(struct coroutine *coroutine) {
    if (coroutine->timer_thread)
        timer_delete(coroutine->timer);
    munmap(coroutine->stack, coroutine->stack_size);
    free(coroutine);
}
