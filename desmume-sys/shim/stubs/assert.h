/* The core's assertions: one that fails halts the console with a message instead of ending the
 * process. It cannot throw, since machine code of the JIT may have called. */
#include <features.h>

#undef assert

#ifdef __cplusplus
void shim_assertion_failed(const char *assertion, const char *file, int line);
#define assert(condition)                                                                          \
    ((condition) ? (void)0 : shim_assertion_failed(#condition, __FILE__, __LINE__))
#else
#define assert(condition) ((void)0)
#define static_assert _Static_assert
#endif
