// SPDX-License-Identifier: GPL-3.0-or-later
#include "gx_list.h"

#include "hardware.h"

enum { GRANULE = 8 };

void gx_list_begin(GxList *list, u32 *first, u32 *end)
{
    *list = (GxList){.first = first, .next = first, .end = end};
}

static void flush(GxList *list)
{
    if (list->command_count > 0 && list->next + 1 + list->parameter_count + GRANULE <= list->end) {
        *list->next++ = list->commands;
        for (u32 i = 0; i < list->parameter_count; i++)
            *list->next++ = list->parameters[i];
    }
    list->commands = list->command_count = list->parameter_count = 0;
}

static void add(GxList *list, u32 command, u32 count, u32 first, u32 second)
{
    list->commands |= command << (8 * list->command_count++);
    list->parameters[list->parameter_count++] = first;
    if (count == 2)
        list->parameters[list->parameter_count++] = second;
    if (list->command_count == 4)
        flush(list);
}

void gx_list_command(GxList *list, u32 command, u32 parameter) { add(list, command, 1, parameter, 0); }

static u32 pair(s16 low, s16 high) { return (u16)low | (u32)(u16)high << 16; }

void gx_list_vertex(GxList *list, Vertex vertex)
{
    Vertex last = list->last;
    if (list->any_vertex && vertex.y == last.y)
        add(list, GX_CMD_VTX_XZ, 1, pair(vertex.x, vertex.z), 0);
    else if (list->any_vertex && vertex.z == last.z)
        add(list, GX_CMD_VTX_XY, 1, pair(vertex.x, vertex.y), 0);
    else if (list->any_vertex && vertex.x == last.x)
        add(list, GX_CMD_VTX_YZ, 1, pair(vertex.y, vertex.z), 0);
    else
        add(list, GX_CMD_VTX_16, 2, pair(vertex.x, vertex.y), (u16)vertex.z);
    list->last = vertex;
    list->any_vertex = 1;
}

u32 gx_list_end(GxList *list)
{
    flush(list);
    while ((u32)(list->next - list->first) % GRANULE != 0)
        *list->next++ = GX_CMD_NOP;
    return (u32)(list->next - list->first);
}
