/* Draws display lists with a real video plugin, into a picture that no display shows.
 *
 * The plugin gets copies of the console's memory and registers, so that drawing changes nothing in the console.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

/* EGL's and GL's numbers (their registries). */
enum {
    EGL_PBUFFER_BIT = 1,
    EGL_OPENGL_BIT = 8,
    EGL_ALPHA_SIZE = 0x3021,
    EGL_BLUE_SIZE = 0x3022,
    EGL_GREEN_SIZE = 0x3023,
    EGL_RED_SIZE = 0x3024,
    EGL_DEPTH_SIZE = 0x3025,
    EGL_SURFACE_TYPE = 0x3033,
    EGL_NONE = 0x3038,
    EGL_RENDERABLE_TYPE = 0x3040,
    EGL_HEIGHT = 0x3056,
    EGL_WIDTH = 0x3057,
    EGL_DRAW = 0x3059,
    EGL_READ = 0x305A,
    EGL_OPENGL_API = 0x30A2,
    EGL_PLATFORM_SURFACELESS = 0x31DD,
    GL_DEPTH_BUFFER_BIT = 0x0100,
    GL_COLOR_BUFFER_BIT = 0x4000,
    GL_ALL_ATTRIB_BITS = 0xFFFFF,
    GL_SCISSOR_TEST = 0x0C11,
    GL_UNSIGNED_BYTE = 0x1401,
    GL_RGBA = 0x1908,
};

static struct {
    void (*(*GetProcAddress)(const char *))(void);
    void *(*GetPlatformDisplayEXT)(unsigned int, void *, const int *);
    unsigned int (*Initialize)(void *, int *, int *);
    unsigned int (*BindAPI)(unsigned int);
    unsigned int (*QueryAPI)(void);
    unsigned int (*ChooseConfig)(void *, const int *, void **, int, int *);
    void *(*CreateContext)(void *, void *, void *, const int *);
    void *(*CreatePbufferSurface)(void *, void *, const int *);
    unsigned int (*MakeCurrent)(void *, void *, void *, void *);
    unsigned int (*DestroyContext)(void *, void *);
    unsigned int (*DestroySurface)(void *, void *);
    void *(*GetCurrentContext)(void);
    void *(*GetCurrentDisplay)(void);
    void *(*GetCurrentSurface)(int);
    int (*GetError)(void);
} egl;
static struct {
    void (*ReadPixels)(int, int, int, int, unsigned int, unsigned int, void *);
    void (*PushAttrib)(unsigned int);
    void (*PopAttrib)(void);
    void (*Disable)(unsigned int);
    void (*ColorMask)(unsigned char, unsigned char, unsigned char, unsigned char);
    void (*DepthMask)(unsigned char);
    void (*ClearColor)(float, float, float, float);
    void (*ClearDepth)(double);
    void (*Clear)(unsigned int);
} gl;

static void *display, *context, *surface;

/* The video plugin's functions. */
static struct {
    int (*PluginStartup)(void *, void *, void (*)(void *, int, const char *));
    int (*PluginShutdown)(void);
    int (*InitiateGFX)(struct abi_video_info);
    int (*RomOpen)(void);
    void (*RomClosed)(void);
    void (*ProcessDList)(void);
    void (*UpdateScreen)(void);
    void (*ViStatusChanged)(void);
    void (*ViWidthChanged)(void);
    void (*SetRenderingCallback)(void (*)(int));
} video;

/* What the plugin is given: copies. */
enum { RDRAM_SIZE = 0x800000, MEMORY_SIZE = 0x1000 };
static struct {
    uint8_t *rdram;
    uint32_t header[16];
    uint8_t dmem[MEMORY_SIZE];
    uint8_t imem[MEMORY_SIZE];
    unsigned int mi_intr, sp_status, rdram_size;
    unsigned int dpc[8];
    unsigned int vi[14];
} copy;

static int refuse(const char *reason) {
    if (!shim.refused[0])
        snprintf(shim.refused, sizeof(shim.refused), "%s", reason);
    return ABI_UNSUPPORTED;
}

static int refuse_egl(const char *call) {
    char reason[SHIM_MESSAGE];
    snprintf(reason, sizeof(reason), "%s failed (EGL error 0x%04X)", call, (unsigned int)egl.GetError());
    return refuse(reason);
}

static int find_functions(void *library, void **functions, const char *const *names, size_t count) {
    for (size_t i = 0; i < count; i++) {
        functions[i] = dlsym(library, names[i]);
        if (!functions[i]) {
            refuse(dlerror());
            return 0;
        }
    }
    return 1;
}

/* Functions of GL, and EGL's extensions, are only found through EGL itself. */
static int find_by_egl(void **functions, const char *const *names, size_t count) {
    for (size_t i = 0; i < count; i++) {
        functions[i] = (void *)egl.GetProcAddress(names[i]);
        if (!functions[i]) {
            refuse(names[i]);
            return 0;
        }
    }
    return 1;
}

static int load_egl(void) {
    static const char *const NAMES[] = {
        "eglGetProcAddress", "eglGetPlatformDisplayEXT", "eglInitialize", "eglBindAPI", "eglQueryAPI", "eglChooseConfig",
        "eglCreateContext", "eglCreatePbufferSurface", "eglMakeCurrent", "eglDestroyContext", "eglDestroySurface",
        "eglGetCurrentContext", "eglGetCurrentDisplay", "eglGetCurrentSurface", "eglGetError",
    };
    void *library = dlopen("libEGL.so.1", RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        refuse(dlerror());
        return 0;
    }
    static const char *const GL_NAMES[] = {
        "glReadPixels", "glPushAttrib", "glPopAttrib", "glDisable", "glColorMask", "glDepthMask", "glClearColor",
        "glClearDepth", "glClear",
    };
    return find_functions(library, (void **)&egl, NAMES, 1) &&
           find_by_egl((void **)&egl + 1, NAMES + 1, sizeof(NAMES) / sizeof(NAMES[0]) - 1) &&
           find_by_egl((void **)&gl, GL_NAMES, sizeof(GL_NAMES) / sizeof(GL_NAMES[0]));
}

/* A GL context without a display: Mesa draws into memory. */
static int open_context(int width, int height) {
    if (context)
        return ABI_SUCCESS;
    display = egl.GetPlatformDisplayEXT(EGL_PLATFORM_SURFACELESS, NULL, NULL);
    if (!display || !egl.Initialize(display, NULL, NULL))
        return refuse_egl("eglInitialize without a display");
    const int wanted[] = {EGL_SURFACE_TYPE, EGL_PBUFFER_BIT, EGL_RENDERABLE_TYPE, EGL_OPENGL_BIT, EGL_RED_SIZE, 8,
                          EGL_GREEN_SIZE, 8, EGL_BLUE_SIZE, 8, EGL_ALPHA_SIZE, 8, EGL_DEPTH_SIZE, 16, EGL_NONE};
    void *config = NULL;
    int count = 0;
    egl.BindAPI(EGL_OPENGL_API);
    if (!egl.ChooseConfig(display, wanted, &config, 1, &count) || count == 0)
        return refuse_egl("eglChooseConfig");
    const int size[] = {EGL_WIDTH, width, EGL_HEIGHT, height, EGL_NONE};
    surface = egl.CreatePbufferSurface(display, config, size);
    if (!surface)
        return refuse_egl("eglCreatePbufferSurface");
    context = egl.CreateContext(display, config, NULL, NULL);
    if (!context)
        return refuse_egl("eglCreateContext");
    if (!egl.MakeCurrent(display, surface, surface, context))
        return refuse_egl("eglMakeCurrent");
    return ABI_SUCCESS;
}

/* GLX, if the program has loaded it: GTK draws its windows with it on X11. EGL refuses a thread on which a context of GLX's is
 * current. */
static struct {
    void *(*GetCurrentContext)(void);
    void *(*GetCurrentDisplay)(void);
    unsigned long (*GetCurrentDrawable)(void);
    unsigned long (*GetCurrentReadDrawable)(void);
    int (*MakeContextCurrent)(void *, unsigned long, unsigned long, void *);
} glx;

static int find_glx(void) {
    static const char *const LIBRARIES[] = {"libGLX.so.0", "libGL.so.1"};
    static const char *const NAMES[] = {
        "glXGetCurrentContext", "glXGetCurrentDisplay", "glXGetCurrentDrawable", "glXGetCurrentReadDrawable",
        "glXMakeContextCurrent",
    };
    enum { COUNT = sizeof(NAMES) / sizeof(NAMES[0]) };
    if (glx.GetCurrentContext)
        return 1;
    for (size_t i = 0; i < sizeof(LIBRARIES) / sizeof(LIBRARIES[0]); i++) {
        void *library = dlopen(LIBRARIES[i], RTLD_NOW | RTLD_LOCAL | RTLD_NOLOAD);
        void *functions[COUNT];
        size_t found = 0;
        while (library && found < COUNT && (functions[found] = dlsym(library, NAMES[found])))
            found++;
        if (found == COUNT) {
            memcpy(&glx, functions, sizeof(glx));
            return 1;
        }
    }
    return 0;
}

/* The context that the thread had, which it gets back: one of EGL's or of GLX's. */
struct current {
    unsigned int api;
    void *display, *context, *draw, *read;
    struct {
        void *display, *context;
        unsigned long draw, read;
    } glx;
};

static void release_glx(struct current *current) {
    if (!find_glx() || !(current->glx.context = glx.GetCurrentContext()))
        return;
    current->glx.display = glx.GetCurrentDisplay();
    current->glx.draw = glx.GetCurrentDrawable();
    current->glx.read = glx.GetCurrentReadDrawable();
    glx.MakeContextCurrent(current->glx.display, 0, 0, NULL);
}

static struct current enter_context(void) {
    struct current previous = {.api = egl.QueryAPI()};
    release_glx(&previous);
    egl.BindAPI(EGL_OPENGL_API);
    previous.display = egl.GetCurrentDisplay();
    previous.context = egl.GetCurrentContext();
    previous.draw = egl.GetCurrentSurface(EGL_DRAW);
    previous.read = egl.GetCurrentSurface(EGL_READ);
    if (context && !egl.MakeCurrent(display, surface, surface, context))
        refuse_egl("eglMakeCurrent");
    return previous;
}

static void leave_context(struct current previous) {
    if (previous.context)
        egl.MakeCurrent(previous.display, previous.draw, previous.read, previous.context);
    else if (display)
        egl.MakeCurrent(display, NULL, NULL, NULL);
    egl.BindAPI(previous.api);
    if (previous.glx.context)
        glx.MakeContextCurrent(previous.glx.display, previous.glx.draw, previous.glx.read, previous.glx.context);
}

/* The window. */

static int succeed(void) { return ABI_SUCCESS; }

static int list_modes(struct abi_size *sizes, int *count) {
    (void)sizes, (void)count;
    return ABI_UNSUPPORTED;
}

static int list_rates(struct abi_size size, int *count, int *rates) {
    (void)size, (void)count, (void)rates;
    return ABI_UNSUPPORTED;
}

static int set_mode(int width, int height, int bits, int mode, int flags) {
    (void)bits, (void)mode, (void)flags;
    return open_context(width, height);
}

static int set_mode_with_rate(int width, int height, int rate, int bits, int mode, int flags) {
    (void)rate;
    return set_mode(width, height, bits, mode, flags);
}

static int set_attribute(int attribute, int value) {
    (void)attribute, (void)value;
    return ABI_SUCCESS;
}

static int get_attribute(int attribute, int *value) {
    switch (attribute) {
    case ABI_GL_DOUBLE_BUFFER: *value = 1; return ABI_SUCCESS;
    case ABI_GL_BUFFER_SIZE: *value = 32; return ABI_SUCCESS;
    case ABI_GL_DEPTH_SIZE: *value = 24; return ABI_SUCCESS;
    default: *value = 0; return ABI_SUCCESS;
    }
}

static void (*get_proc(const char *name))(void) { return egl.GetProcAddress ? egl.GetProcAddress(name) : NULL; }

/* Clears the picture, so that nothing of one is seen in the next. */
static void clear(void) {
    gl.PushAttrib(GL_ALL_ATTRIB_BITS);
    gl.Disable(GL_SCISSOR_TEST);
    gl.ColorMask(1, 1, 1, 1);
    gl.DepthMask(1);
    gl.ClearColor(0, 0, 0, 0);
    gl.ClearDepth(1);
    gl.Clear(GL_COLOR_BUFFER_BIT | GL_DEPTH_BUFFER_BIT);
    gl.PopAttrib();
}

/* The drawn picture is complete: GL's rows begin at the bottom. */
static int swap(void) {
    enum { ROW = SHIM_PICTURE_WIDTH * 4 };
    static uint8_t rows[SHIM_PICTURE_HEIGHT][ROW];
    if (!context)
        return ABI_UNSUPPORTED;
    gl.ReadPixels(0, 0, SHIM_PICTURE_WIDTH, SHIM_PICTURE_HEIGHT, GL_RGBA, GL_UNSIGNED_BYTE, rows);
    for (int y = 0; y < SHIM_PICTURE_HEIGHT; y++)
        memcpy(shim.picture + y * ROW, rows[SHIM_PICTURE_HEIGHT - 1 - y], ROW);
    for (size_t i = 3; i < sizeof(shim.picture); i += 4)
        shim.picture[i] = 0xFF;
    clear();
    return ABI_SUCCESS;
}

static int set_caption(const char *caption) {
    (void)caption;
    return ABI_SUCCESS;
}

static int resize(int width, int height) {
    (void)width, (void)height;
    return ABI_SUCCESS;
}

static uint32_t default_framebuffer(void) { return 0; }

EXPORT struct abi_window *shim_window(void) {
    static struct abi_window window = {
        .count = ABI_WINDOW_FUNCTIONS,
        .init = succeed,
        .quit = succeed,
        .list_modes = list_modes,
        .list_rates = list_rates,
        .set_mode = set_mode,
        .set_mode_with_rate = set_mode_with_rate,
        .get_proc = get_proc,
        .set_attribute = set_attribute,
        .get_attribute = get_attribute,
        .swap = swap,
        .set_caption = set_caption,
        .toggle_fullscreen = succeed,
        .resize = resize,
        .default_framebuffer = default_framebuffer,
    };
    return &window;
}

/* The painter. */

static void *core_library, *video_library;

EXPORT void shim_paint_with(void *core, void *library) {
    core_library = core;
    video_library = library;
}

static void check_interrupts(void) {}

static void copy_console(void) {
    copy.rdram_size = *console.rdram_size;
    memcpy(copy.rdram, console.rdram, copy.rdram_size);
    memcpy(copy.header, console.header, sizeof(copy.header));
    memcpy(copy.dmem, console.dmem, sizeof(copy.dmem));
    memcpy(copy.imem, console.imem, sizeof(copy.imem));
    memcpy(copy.dmem + SHIM_TASK_OFFSET, shim.task, sizeof(shim.task));
    copy.mi_intr = *console.mi_intr;
    copy.sp_status = *console.sp_status;
    for (int i = 0; i < 8; i++)
        copy.dpc[i] = *console.dpc[i];
    for (int i = 0; i < 14; i++)
        copy.vi[i] = *console.vi[i];
}

static int open_video(void) {
    static const char *const NAMES[] = {
        "PluginStartup", "PluginShutdown", "InitiateGFX", "RomOpen", "RomClosed", "ProcessDList", "UpdateScreen",
        "ViStatusChanged", "ViWidthChanged", "SetRenderingCallback",
    };
    if (!find_functions(video_library, (void **)&video, NAMES, sizeof(NAMES) / sizeof(NAMES[0])))
        return 0;
    copy.rdram = calloc(1, RDRAM_SIZE);
    if (!copy.rdram) {
        refuse("no memory");
        return 0;
    }
    copy_console();
    struct abi_video_info info = {
        .header = (unsigned char *)copy.header,
        .rdram = copy.rdram,
        .dmem = copy.dmem,
        .imem = copy.imem,
        .mi_intr = &copy.mi_intr,
        .check_interrupts = check_interrupts,
        .version = console.version,
        .sp_status = &copy.sp_status,
        .rdram_size = &copy.rdram_size,
    };
    for (int i = 0; i < 8; i++)
        info.dpc[i] = &copy.dpc[i];
    for (int i = 0; i < 14; i++)
        info.vi[i] = &copy.vi[i];
    int started = video.PluginStartup(core_library, NULL, shim_on_message) == ABI_SUCCESS && video.InitiateGFX(info);
    if (started)
        started = video.RomOpen();
    if (!started)
        refuse("the video plugin does not start");
    return !shim.refused[0];
}

static void paint(void) {
    copy_console();
    video.ViStatusChanged();
    video.ViWidthChanged();
    video.ProcessDList();
    video.UpdateScreen();
}

static void close_video(void) {
    video.RomClosed();
    video.PluginShutdown();
    free(copy.rdram);
}

static void close_context(void) {
    if (context)
        egl.DestroyContext(display, context);
    if (surface)
        egl.DestroySurface(display, surface);
}

EXPORT void shim_run_painter(void *unused) {
    (void)unused;
    if (!load_egl())
        return;
    struct current previous = enter_context();
    if (open_video()) {
        /* Some plugins ask for a GL context only when they draw. */
        for (paint(); !shim.refused[0]; paint()) {
            leave_context(previous);
            shim.yield(shim.painter, SHIM_PAINTED);
            previous = enter_context();
            if (shim.painter_ends)
                break;
        }
        close_video();
    }
    leave_context(previous);
    close_context();
}
