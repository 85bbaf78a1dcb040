/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "save.h"

#include "course.h"
#include "game.h"

enum { TIME_BITS = 20, TIME_MASK = (1 << TIME_BITS) - 1, CHARACTER_MASK = 7, RECORD = 3 };
enum { CHECKED_BYTES = 7 * RECORD };

static CourseRecords *records_of(s16 course) { return &gSaveData.records[course_place(course)]; }

static u32 packed(const u8 *record) { return record[0] | (u32)record[1] << 8 | (u32)record[2] << 16; }

static void pack(u8 *record, u32 time, u16 character)
{
    u32 word = (time & TIME_MASK) | (u32)(character & CHARACTER_MASK) << TIME_BITS;
    record[0] = (u8)word;
    record[1] = (u8)(word >> 8);
    record[2] = (u8)(word >> 16);
}

static u32 unpack(const u8 *record, u16 *character)
{
    *character = (u16)(packed(record) >> TIME_BITS & CHARACTER_MASK);
    return packed(record) & TIME_MASK;
}

u32 save_record(s16 course, u16 *character) { return unpack(records_of(course)->threeLaps[0], character); }
u32 save_lap_record(s16 course, u16 *character) { return unpack(records_of(course)->oneLap, character); }

static u8 records_checksum(const CourseRecords *records)
{
    const u8 *bytes = records->threeLaps[0];
    u32 sum = 0;
    for (u32 i = 0; i < CHECKED_BYTES / RECORD; i++)
        for (u32 j = 0; j < RECORD; j++)
            sum += bytes[RECORD * i + j] * (j + 1) + i;
    return (u8)sum;
}

static void clear_records(CourseRecords *records)
{
    clear_memory(records, sizeof *records);
    for (s32 i = 0; i < RECORDS_OF_THREE_LAPS; i++)
        pack(records->threeLaps[i], NO_TIME, 0);
    pack(records->oneLap, NO_TIME, 0);
    records->checksum = records_checksum(records);
}

void save_load(void)
{
    platform_eeprom_read(&gSaveData, sizeof gSaveData);
    for (s32 i = 0; i < RECORDED_COURSES; i++)
        if (gSaveData.records[i].checksum != records_checksum(&gSaveData.records[i]))
            clear_records(&gSaveData.records[i]);
}

static void enter_time(CourseRecords *records, u32 time, u16 character)
{
    for (s32 place = 0; place < RECORDS_OF_THREE_LAPS; place++) {
        u16 holder;
        u32 standing = unpack(records->threeLaps[place], &holder);
        if (time < standing) {
            pack(records->threeLaps[place], time, character);
            time = standing;
            character = holder;
        }
    }
}

void save_times(const Hud *hud, u16 character)
{
    CourseRecords *records = records_of(gCurrentCourseId);
    u16 holder;
    enter_time(records, hud->totalTime, character);
    for (s32 lap = 0; lap < LAPS; lap++)
        if (hud->lapDurations[lap] < unpack(records->oneLap, &holder))
            pack(records->oneLap, hud->lapDurations[lap], character);
    records->checksum = records_checksum(records);
    platform_eeprom_write(&gSaveData, sizeof gSaveData);
}
