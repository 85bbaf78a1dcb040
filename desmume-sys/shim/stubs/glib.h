// The four glib functions that the core's path.h users call, so that glib itself is not needed.
//
// They only name the core's data directory. It lies below a device file, where nothing can ever
// exist: every attempt of the core to read or write a file of its own fails, and it keeps the
// battery memory in RAM instead.
#pragma once

#define SHIM_NOWHERE "/dev/null/desmume"

inline const char *g_get_user_config_dir()
{
    return SHIM_NOWHERE;
}

template <typename... Parts> inline char *g_build_filename(const char *, Parts...)
{
    static char nowhere[] = SHIM_NOWHERE;
    return nowhere;
}

inline int g_mkdir_with_parents(const char *, int)
{
    return -1;
}

inline void g_free(void *) {}
