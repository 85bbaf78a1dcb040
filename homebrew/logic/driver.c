/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Figures: from the published write-up of the race physics, unless marked as
 * ours. All are raw fx32, or angle units, a tick.
 */
#include "driver.h"

#include "collision.h"
#include "course.h"
#include "fixed.h"
#include "game.h"
#include "memory.h"
#include "params.h"

#define LIMIT_FALL 3895
#define SPEED_AT_REST 410
#define BRAKE 410
#define BOOST_ACCELERATION 4096
#define BOOST_LIMIT 5325
#define SPEED_CAP 53248
#define REVERSE_CAP 12288
#define TERRAIN_EASE 1229
#define YAW_EASE 1638
#define LEAN_STEP 1638
#define LEAN_DECAY 3690
#define LEAN_SPEED 12288
#define LEAN_COST 492
#define GRAVITY (-697)
#define HOP_SPEED 8610
#define CONTACT_FALL (-3485)
#define DRIFT_SLIDE 26
#define DRIFT_SLIDE_DECAY 3891
#define DRIFT_SLIDE_END 50
#define DRIFT_COOLDOWN 10
#define DRIFT_CHARGED 4
#define AIR_TICKS 5
#define AIR_SPEED 2867
#define BOUNCE_TICKS 25
#define BOUNCE_FALL 122880
#define BOUNCE_CAP 6144
#define TILT_STEP 20
#define TILT_CAP 492
#define WALL_SPEED 3277
#define WALL_SPEED_REVERSE 1229
#define WALL_DECAY_FIRST 3809
#define WALL_DECAY_SECOND 4014
#define WALL_YAW_DECAY 3686
#define SPHERE_LIFT 1024

/* Ours. */
#define HOP_YAW 176           /* a hop's turn a tick */
#define HOP_YAW_CAP 4400
#define DRIFT_TURN_IN 110     /* more than the drift's own turn when steering into it */
#define DRIFT_TURN_OUT 130    /* and less when steering away */
#define DRIFT_SPEED_MIN 8192  /* slower, a drift ends */
#define PIVOT_TURN 300        /* A and B together at rest */
#define PIVOT_SPEED 4096
#define STEER_FULL_SPEED 6144 /* slower, a kart turns less */
#define AIR_TURN 1024         /* turn kept in the air */
#define BOOST_PANEL_TICKS 60
#define JUMP_PAD_TICKS 30
#define JUMP_PAD_SPEED 12288  /* upward, by a pad of variant 0; each variant adds to it */
#define JUMP_PAD_STEP 2048
#define BOOST_PAD_SPEED 16384
#define WALL_YAW_KICK 320
#define BOUNCE_SHARE 4
#define BOUNCE_MIN 2048       /* weaker, a kart stays on the ground */
#define FALL_TICKS 45         /* from leaving the course to the respawn */
#define RESPAWN_TICKS 40      /* held after it */
#define AIR_LIMIT_TICKS 300   /* longer in the air is a fall */
#define FALL_SPEED_CAP (-16384) /* once it is one */

static const VecFx32 world_up = {0, FX_ONE, 0};

static const KartParams *kart_of(const Driver *driver)
{
    return AT(KartParams, driver->kart_params);
}

static const CharacterParams *character_of(const Driver *driver)
{
    return AT(CharacterParams, driver->character_params);
}

static int on_ground(const Driver *driver)
{
    return (driver->state & DRIVER_GROUND) != 0;
}

static int boosting(const Driver *driver)
{
    return driver->boost_timer > 0 || driver->mini_turbo_timer > 0;
}

static u32 facing_yaw(const Driver *driver)
{
    return (u32)(driver->yaw + driver->drift_angle);
}

/* ---- Orientation ---- */

static void orient(Driver *driver)
{
    driver->yaw_rotation = yaw_rotation(driver->yaw);
    VecFx32 up = rotate(driver->tilt_rotation, world_up);
    VecFx32 heading = rotate(driver->tilt_rotation, vec_of_yaw(driver->yaw));
    driver->heading = heading;
    driver->direction = driver->drift_angle == 0 ? heading : rotate(driver->tilt_rotation, vec_of_yaw(facing_yaw(driver)));
    driver->driving_direction = driver->speed < 0 ? vec_scale(driver->direction, -FX_ONE) : driver->direction;
    driver->main_mtx.row[0] = vec_cross(up, heading);
    driver->main_mtx.row[1] = up;
    driver->main_mtx.row[2] = heading;
    driver->main_mtx.row[3] = driver->position;
}

static void tilt_towards(Driver *driver, VecFx32 normal)
{
    driver->tilt_rate = at_most(driver->tilt_rate + TILT_STEP, TILT_CAP);
    driver->tilt_rotation = quaternion_lerp(driver->tilt_rotation, tilt_to(normal), driver->tilt_rate);
}

void kart_model_axes(const Driver *driver, VecFx32 *left, VecFx32 *up, VecFx32 *forward)
{
    *up = driver->main_mtx.row[1];
    *forward = driver->direction;
    *left = vec_cross(*up, *forward);
}

/* ---- Creation ---- */

void driver_create(Driver *driver, u32 id, u32 character, u32 kart)
{
    clear_memory(driver, sizeof *driver);
    driver->id = (u16)id;
    driver->input_id = id;
    driver->kart_params = kart_params_address(kart);
    driver->character_params = character_params_address(character);
    driver->drift_toward_presses = ADDRESS_OF(&driver->drift_left_presses);
    driver->drift_away_presses = ADDRESS_OF(&driver->drift_right_presses);
    driver->collision_entry2 = -1;
    driver->scale = vec(FX_ONE, FX_ONE, FX_ONE);
    driver->sphere_radius = kart_of(driver)->sphere_radius;
    driver->sphere_offset = kart_of(driver)->sphere_offset;
    driver->slipstream_factor = FX_ONE;
    driver->effect_speed_factor = FX_ONE;
}

void driver_place(Driver *driver, VecFx32 position, u16 yaw)
{
    driver->state = DRIVER_GROUND | DRIVER_REST;
    driver->position = position;
    driver->last_position = position;
    driver->yaw = yaw;
    driver->yaw_rate = 0;
    driver->drift_angle = 0;
    driver->drift_direction = 0;
    driver->drift_charge = 0;
    driver->drift_slide = 0;
    driver->lean = 0;
    driver->speed = 0;
    driver->fall = vec(0, CONTACT_FALL, 0);
    driver->boost_timer = 0;
    driver->mini_turbo_timer = 0;
    driver->airborne_ticks = 0;
    driver->fall_start_height = position.y;
    driver->floor_normal = world_up;
    driver->floor_kind = SURFACE_ROAD;
    driver->floor_type = KCL_ROAD;
    driver->terrain_factor = FX_ONE;
    driver->slope = FX_ONE;
    driver->wall_speed_factor = FX_ONE;
    driver->air_speed_factor = FX_ONE;
    driver->wall_impulse = driver->wall_impulse_next = driver->wall_impulse_new = vec(0, 0, 0);
    driver->wall_yaw_kick = 0;
    driver->grip = kart_of(driver)->grip[SURFACE_ROAD];
    driver->target_limit = driver->limit = kart_of(driver)->top_speed;
    driver->tilt_rotation = tilt_to(world_up);
    driver->tilt_rate = 0;
    driver->travel = vec_of_yaw(yaw);
    orient(driver);
}

void driver_boost(Driver *driver, s32 ticks)
{
    driver->boost_timer = (s16)at_least(driver->boost_timer, ticks);
}

/* ---- Input ---- */

static void read_keys(Driver *driver, u32 keys)
{
    driver->input = 0;
    if (keys & KEY_A)
        driver->input |= DRIVER_ACCELERATE;
    if (keys & KEY_B)
        driver->input |= DRIVER_BRAKE;
    if ((keys & KEY_LEFT) && !(keys & KEY_RIGHT))
        driver->input |= DRIVER_STEER_LEFT;
    if ((keys & KEY_RIGHT) && !(keys & KEY_LEFT))
        driver->input |= DRIVER_STEER_RIGHT;
}

/* 1 = left, as yaw grows; -1 = right. */
static s32 steering(const Driver *driver)
{
    if (driver->input & DRIVER_STEER_LEFT)
        return 1;
    return driver->input & DRIVER_STEER_RIGHT ? -1 : 0;
}

/* ---- Drift ---- */

/* The turn of a hop or a drift becomes the kart's own. */
static void keep_drift_angle(Driver *driver)
{
    driver->yaw = (u16)facing_yaw(driver);
    driver->drift_angle = 0;
}

static void end_drift(Driver *driver)
{
    keep_drift_angle(driver);
    driver->state &= ~DRIVER_DRIFT;
    driver->drift_direction = 0;
    driver->drift_charge = 0;
    driver->drift_slide = 0;
}

static void start_hop(Driver *driver)
{
    driver->state |= DRIVER_HOP | DRIVER_HOPPING;
    driver->state &= ~(DRIVER_GROUND | DRIVER_REST);
    driver->fall.y = HOP_SPEED;
    driver->fall_start_height = driver->position.y;
}

/* On landing from a hop with R and a direction held. */
static void start_drift(Driver *driver)
{
    s32 direction = steering(driver);
    u32 left = ADDRESS_OF(&driver->drift_left_presses), right = ADDRESS_OF(&driver->drift_right_presses);
    driver->state |= DRIVER_DRIFT;
    driver->drift_direction = direction > 0 ? DRIFT_LEFT : DRIFT_RIGHT;
    driver->drift_charge = 1;
    driver->drift_left_presses = 0;
    driver->drift_right_presses = 0;
    driver->drift_toward_presses = direction > 0 ? left : right;
    driver->drift_away_presses = direction > 0 ? right : left;
    driver->drift_press_cooldown = 0;
    driver->drift_slide = (s16)((DRIFT_SLIDE * driver->displacement_length) >> 12);
}

static u16 *presses_toward(Driver *driver)
{
    return driver->drift_direction == DRIFT_LEFT ? &driver->drift_left_presses : &driver->drift_right_presses;
}

static u16 *presses_away(Driver *driver)
{
    return driver->drift_direction == DRIFT_LEFT ? &driver->drift_right_presses : &driver->drift_left_presses;
}

/* Presses away and toward in turn charge the mini-turbo: 1, 2, 4. */
static void count_drift_presses(Driver *driver, u32 pressed)
{
    u32 key_toward = driver->drift_direction == DRIFT_LEFT ? KEY_LEFT : KEY_RIGHT;
    u32 key_away = driver->drift_direction == DRIFT_LEFT ? KEY_RIGHT : KEY_LEFT;
    u16 *toward = presses_toward(driver), *away = presses_away(driver);
    if (driver->drift_press_cooldown > 0) {
        driver->drift_press_cooldown--;
        return;
    }
    if ((pressed & key_away) && *away == *toward) {
        (*away)++;
        driver->drift_press_cooldown = DRIFT_COOLDOWN;
    } else if ((pressed & key_toward) && *away > *toward) {
        (*toward)++;
        driver->drift_press_cooldown = DRIFT_COOLDOWN;
        driver->drift_charge = at_most(2 * driver->drift_charge, DRIFT_CHARGED);
    }
}

static void fire_mini_turbo(Driver *driver)
{
    driver->mini_turbo_timer = (s16)at_least(driver->mini_turbo_timer, kart_of(driver)->mini_turbo_ticks);
}

static void drift(Driver *driver, u32 keys, u32 pressed)
{
    if (driver->state & DRIVER_DRIFT) {
        if (!(keys & KEY_R)) {
            if (driver->drift_charge >= DRIFT_CHARGED)
                fire_mini_turbo(driver);
            end_drift(driver);
        } else if (driver->speed < DRIFT_SPEED_MIN) {
            end_drift(driver);
        } else {
            count_drift_presses(driver, pressed);
            s32 rest = driver->drift_slide - DRIFT_SLIDE_END;
            driver->drift_slide = (s16)(DRIFT_SLIDE_END + fx_mul(rest, DRIFT_SLIDE_DECAY));
        }
    } else if ((pressed & KEY_R) && on_ground(driver)) {
        start_hop(driver);
    }
}

/* ---- Speed ---- */

static fx32 acceleration(const Driver *driver)
{
    const KartParams *kart = kart_of(driver);
    fx32 low = kart->acceleration_low, high = kart->acceleration_high;
    fx32 from = FX_ONE / 2, to = kart->acceleration_ratio;
    if (driver->speed_ratio < from)
        return low;
    if (driver->speed_ratio >= to)
        return high;
    return low + (high - low) * (driver->speed_ratio - from) / (to - from);
}

static void update_limit(Driver *driver)
{
    fx32 target = kart_of(driver)->top_speed;
    if (driver->boost_timer <= 0)
        target = fx_mul(target, driver->terrain_factor);
    target = fx_mul(target, fx_mul(driver->slope, driver->slipstream_factor));
    target = fx_mul(target, driver->effect_speed_factor);
    if (boosting(driver))
        target = fx_mul(target, BOOST_LIMIT);
    driver->target_limit = target;
    driver->limit = at_least(target, fx_mul(driver->limit, LIMIT_FALL));
    driver->speed_ratio = driver->limit > 0 ? at_most(fx_div(driver->displacement_length, driver->limit), FX_ONE) : FX_ONE;
}

static void accelerate(Driver *driver)
{
    int pedal = (driver->input & (DRIVER_ACCELERATE | DRIVER_BRAKE)) != 0;
    driver->state &= ~DRIVER_COASTING;
    if (on_ground(driver)) {
        if (driver->input & DRIVER_BRAKE) {
            driver->speed -= BRAKE;
            /* Both pedals hold the kart for a pivot. */
            if (driver->input & DRIVER_ACCELERATE)
                driver->speed = at_least(driver->speed, 0);
        } else if (driver->input & DRIVER_ACCELERATE) {
            driver->speed += acceleration(driver);
            if (driver->state & DRIVER_DRIFT)
                driver->speed += kart_of(driver)->drift_acceleration;
        }
        if (boosting(driver))
            driver->speed += BOOST_ACCELERATION;
        if (!pedal && !boosting(driver)) {
            driver->state |= DRIVER_COASTING;
            driver->speed = fx_mul(driver->speed, kart_of(driver)->coasting);
            if (magnitude(driver->speed) <= SPEED_AT_REST)
                driver->speed = 0;
        }
    }
    fx32 cap = fx_mul(driver->limit, driver->wall_speed_factor);
    driver->speed = clamp(driver->speed, -at_most(cap, REVERSE_CAP), cap);
    driver->state &= ~DRIVER_REVERSE;
    if (driver->speed < 0)
        driver->state |= DRIVER_REVERSE;
}

/* ---- Turning ---- */

static void update_lean(Driver *driver)
{
    s32 direction = steering(driver);
    if (direction == 0)
        driver->lean = fx_mul(driver->lean, LEAN_DECAY);
    else
        driver->lean = clamp(driver->lean + direction * LEAN_STEP, -FX_ONE, FX_ONE);
}

static s32 drift_yaw_rate(const Driver *driver)
{
    s32 direction = driver->drift_direction == DRIFT_LEFT ? 1 : -1;
    s32 rate = kart_of(driver)->drift_turn + driver->drift_slide;
    if (steering(driver) == direction)
        rate += DRIFT_TURN_IN;
    else if (steering(driver) == -direction)
        rate -= DRIFT_TURN_OUT;
    return direction * rate;
}

static s32 steer_yaw_rate(const Driver *driver)
{
    u32 pedals = DRIVER_ACCELERATE | DRIVER_BRAKE;
    if ((driver->input & pedals) == pedals && driver->speed < PIVOT_SPEED)
        return steering(driver) * PIVOT_TURN;
    fx32 handling = fx_mul(kart_of(driver)->handling, character_of(driver)->handling);
    fx32 pace = at_most(magnitude(driver->speed), STEER_FULL_SPEED);
    s32 rate = steering(driver) * handling * pace / STEER_FULL_SPEED;
    if (!on_ground(driver))
        rate = fx_mul(rate, AIR_TURN);
    return driver->speed < 0 ? -rate : rate;
}

static void turn(Driver *driver)
{
    driver->yaw_rate_target = 0;
    if (driver->state & DRIVER_HOPPING) {
        s32 angle = driver->drift_angle + steering(driver) * HOP_YAW;
        driver->drift_angle = (s16)clamp(angle, -HOP_YAW_CAP, HOP_YAW_CAP);
    } else if (driver->state & DRIVER_DRIFT) {
        driver->yaw_rate_target = drift_yaw_rate(driver);
    } else {
        driver->yaw_rate_target = steer_yaw_rate(driver);
    }
    s32 change = (driver->yaw_rate_target - driver->yaw_rate) * YAW_EASE / FX_ONE;
    driver->yaw_rate = change == 0 ? driver->yaw_rate_target : driver->yaw_rate + change;
    driver->wall_yaw_kick = (s16)(driver->wall_yaw_kick * WALL_YAW_DECAY / FX_ONE);
    driver->yaw = (u16)(driver->yaw + driver->yaw_rate + driver->wall_yaw_kick);
}

static void count_boosts(Driver *driver)
{
    if (driver->boost_timer > 0)
        driver->boost_timer--;
    if (driver->mini_turbo_timer > 0)
        driver->mini_turbo_timer--;
    driver->input &= ~(DRIVER_BOOST | DRIVER_MINI_TURBO);
    if (boosting(driver))
        driver->input |= DRIVER_BOOST;
    if (driver->mini_turbo_timer > 0)
        driver->input |= DRIVER_MINI_TURBO;
}

/* ---- Movement ---- */

static void pass_on_wall_impulses(Driver *driver)
{
    driver->wall_impulse = vec_scale(driver->wall_impulse_next, WALL_DECAY_SECOND);
    driver->wall_impulse_next = vec_scale(driver->wall_impulse_new, WALL_DECAY_FIRST);
    driver->wall_impulse_new = vec(0, 0, 0);
}

static void update_travel(Driver *driver)
{
    if (!on_ground(driver))
        return;
    VecFx32 travel = vec_lerp(driver->travel, driver->direction, driver->grip);
    driver->travel = vec_normal(travel, driver->direction);
}

static fx32 pace(const Driver *driver)
{
    fx32 speed = driver->speed;
    if (!(driver->state & (DRIVER_DRIFT | DRIVER_HOPPING)) && magnitude(speed) > LEAN_SPEED)
        speed -= fx_mul(speed, fx_mul(LEAN_COST, magnitude(driver->lean)));
    return fx_mul(speed, driver->air_speed_factor);
}

static void move(Driver *driver)
{
    driver->fall.y += GRAVITY;
    if (driver->fall_timer > 0)
        driver->fall.y = at_least(driver->fall.y, FALL_SPEED_CAP);
    update_travel(driver);
    VecFx32 step = vec_add(vec_scale(driver->travel, pace(driver)), driver->fall);
    step = vec_add(step, vec_add(driver->wall_impulse, driver->wall_impulse_next));
    fx32 length = vec_length(step);
    if (length > SPEED_CAP) {
        step = vec_scale(step, fx_div(SPEED_CAP, length));
        driver->fall.y = at_least(driver->fall.y, -SPEED_CAP);
        length = SPEED_CAP;
    }
    driver->displacement = step;
    driver->displacement_length = length;
    driver->displacement_direction = vec_normal(step, driver->travel);
    driver->position = vec_add(driver->position, step);
}

/* ---- Collision ---- */

static void start_fall(Driver *driver)
{
    if (driver->fall_timer == 0)
        driver->fall_timer = FALL_TICKS;
}

static void touch_special_floor(Driver *driver, u32 type)
{
    switch (type) {
    case KCL_BOOST_PANEL:
        driver_boost(driver, BOOST_PANEL_TICKS);
        break;
    case KCL_BOOST_PAD:
        driver_boost(driver, BOOST_PANEL_TICKS);
        driver->speed = at_least(driver->speed, BOOST_PAD_SPEED);
        break;
    case KCL_JUMP_PAD:
        driver_boost(driver, JUMP_PAD_TICKS);
        driver->jump_pad_speed = JUMP_PAD_SPEED + driver->floor_variant * JUMP_PAD_STEP;
        driver->fall.y = driver->jump_pad_speed;
        driver->fall_start_height = driver->position.y;
        driver->state &= ~(DRIVER_GROUND | DRIVER_REST);
        break;
    default:
        break;
    }
}

/* The first contact after a time in the air. Whether the kart bounced off. */
static int land(Driver *driver, u32 keys)
{
    int hop = (driver->state & DRIVER_HOPPING) != 0;
    driver->state &= ~(DRIVER_HOP | DRIVER_HOPPING);
    driver->tilt_rate = 0;
    if (hop && (keys & KEY_R) && steering(driver) != 0 && driver->speed >= DRIFT_SPEED_MIN)
        start_drift(driver);
    else if (!(driver->state & DRIVER_DRIFT))
        keep_drift_angle(driver);
    fx32 fallen = driver->fall_start_height - driver->position.y;
    if (hop || (driver->airborne_ticks <= BOUNCE_TICKS && fallen <= BOUNCE_FALL))
        return 0;
    fx32 cap = fx_mul(BOUNCE_CAP, driver->terrain_factor);
    fx32 bounce = at_most(-driver->fall.y / BOUNCE_SHARE, cap);
    if (bounce < BOUNCE_MIN)
        return 0;
    driver->airborne_ticks = 0;
    driver->fall_start_height = driver->position.y;
    driver->fall.y = bounce;
    return 1;
}

static void stand(Driver *driver, const Contacts *floor)
{
    driver->floor_type = KCL_TYPE(floor->attribute);
    driver->floor_variant = (s32)KCL_VARIANT(floor->attribute);
    driver->floor_kind = driver->floor_type < KCL_TYPES ? surface_of_type[driver->floor_type] : SURFACE_ROAD;
    driver->floor_normal = contacts_normal(floor);
    const KartParams *kart = kart_of(driver);
    driver->grip = kart->grip[driver->floor_kind];
    fx32 factor = kart->speed_factor[driver->floor_kind];
    if (factor >= driver->terrain_factor)
        driver->terrain_factor = factor;
    else
        driver->terrain_factor += fx_mul(factor - driver->terrain_factor, TERRAIN_EASE);
}

static void leave_ground(Driver *driver)
{
    if (driver->state & DRIVER_GROUND)
        driver->fall_start_height = driver->position.y;
    driver->state &= ~(DRIVER_GROUND | DRIVER_REST);
    driver->airborne_ticks++;
    driver->floor_kind = SURFACE_AIR;
    driver->floor_type = KCL_ROAD;
    driver->floor_normal = world_up;
    if (driver->airborne_ticks > AIR_LIMIT_TICKS)
        start_fall(driver);
}

static void touch_floor(Driver *driver, const Contacts *floor, u32 keys)
{
    /* A kart on its way up has already left the floor it still overlaps. */
    if (floor->count == 0 || driver->fall.y > 0) {
        leave_ground(driver);
        return;
    }
    int bounced = !on_ground(driver) && land(driver, keys);
    stand(driver, floor);
    if (!bounced) {
        driver->state |= DRIVER_GROUND;
        driver->airborne_ticks = 0;
        driver->fall.y = CONTACT_FALL;
        driver->last_floor_position = driver->position;
    }
    touch_special_floor(driver, driver->floor_type);
}

static void touch_wall(Driver *driver, const Contacts *wall)
{
    driver->state &= ~DRIVER_WALL;
    driver->wall_speed_factor = FX_ONE;
    if (wall->count == 0)
        return;
    driver->state |= DRIVER_WALL;
    VecFx32 normal = contacts_normal(wall);
    int backing = driver->speed < 0;
    VecFx32 forward = driver->driving_direction;
    fx32 head_on = clamp(vec_dot(forward, normal) + FX_ONE, 41, FX_ONE);
    driver->wall_speed_factor = fx_mul(head_on, backing ? WALL_SPEED_REVERSE : WALL_SPEED);
    fx32 into = vec_dot(driver->displacement, normal);
    if (into >= 0) {
        driver->wall_speed_factor = FX_ONE;
        return;
    }
    VecFx32 bounce = vec_scale(normal, -into);
    bounce.y = 0;
    driver->wall_impulse_new = bounce;
    if (!backing) {
        /* Kick the nose towards the side of the wall it already leans to. */
        VecFx32 along = vec_cross(world_up, normal);
        VecFx32 left = vec_cross(world_up, forward);
        s32 sign = (vec_dot(left, along) < 0) == (vec_dot(forward, along) < 0) ? 1 : -1;
        driver->wall_yaw_kick = (s16)(sign * fx_mul(FX_ONE - head_on, WALL_YAW_KICK));
    }
    driver->boost_timer = 0;
    driver->mini_turbo_timer = 0;
    if (driver->state & DRIVER_DRIFT)
        end_drift(driver);
}

/* A kart without speed stays where it stood, even on a slope. */
static void rest(Driver *driver, int stood, const SphereContacts *contacts)
{
    driver->state &= ~DRIVER_REST;
    VecFx32 push = vec_add(driver->wall_impulse, vec_add(driver->wall_impulse_next, driver->wall_impulse_new));
    int pushed = push.x != 0 || push.z != 0;
    if (!stood || !on_ground(driver) || driver->speed != 0 || pushed || contacts->wall.count != 0)
        return;
    driver->state |= DRIVER_REST;
    driver->position.x = driver->last_position.x;
    driver->position.z = driver->last_position.z;
}

static void update_sphere(Driver *driver)
{
    fx32 lift = driver->sphere_radius + SPHERE_LIFT;
    driver->last_sphere_centre = driver->sphere_centre;
    driver->sphere_centre = vec_add(driver->position, vec_scale(driver->main_mtx.row[1], lift));
    driver->last_contact_centre = driver->contact_centre;
    driver->contact_centre = vec_add(driver->position, vec_scale(driver->main_mtx.row[1], driver->sphere_radius - 11264));
}

/* The length along the ground of the way a level kart would face. */
static void update_slope(Driver *driver)
{
    s64 rise = vec_dot(vec_of_yaw(facing_yaw(driver)), driver->floor_normal);
    driver->slope = (fx32)square_root((u64)((s64)FX_ONE * FX_ONE - at_most((s32)(rise * rise), FX_ONE * FX_ONE)));
}

static void update_air_factor(Driver *driver)
{
    driver->air_speed_factor = FX_ONE;
    if (driver->airborne_ticks > AIR_TICKS && !(driver->state & DRIVER_HOPPING))
        driver->air_speed_factor = at_least(magnitude(vec_dot(driver->travel, driver->direction)), AIR_SPEED);
}

static void collide(Driver *driver, u32 keys)
{
    int stood = on_ground(driver);
    update_sphere(driver);
    SphereContacts contacts = collide_sphere(driver->sphere_centre, driver->sphere_radius);
    if (contacts.outside || contacts.fall)
        start_fall(driver);
    VecFx32 push = contacts_push(&contacts.wall);
    if (driver->fall.y <= 0)
        push = vec_add(push, contacts_push(&contacts.floor));
    driver->position = vec_add(driver->position, push);
    driver->sphere_centre = vec_add(driver->sphere_centre, push);
    touch_wall(driver, &contacts.wall);
    touch_floor(driver, &contacts.floor, keys);
    rest(driver, stood, &contacts);
    tilt_towards(driver, driver->floor_normal);
    update_slope(driver);
    update_air_factor(driver);
    orient(driver);
}

/* ---- A tick ---- */

static void respawn(Driver *driver)
{
    VecFx32 position;
    u16 yaw;
    course_respawn(racer_status(driver->id), &position, &yaw);
    driver_place(driver, position, yaw);
    driver->respawn_timer = RESPAWN_TICKS;
}

/* Whether a racer is falling off the course or being put back; it then ignores keys. */
static int out_of_play(Driver *driver)
{
    if (driver->respawn_timer > 0) {
        driver->respawn_timer--;
        return 1;
    }
    return driver->fall_timer > 0;
}

void driver_tick(Driver *driver, u32 keys, u32 pressed)
{
    driver->last_position = driver->position;
    if (driver->fall_timer > 0 && --driver->fall_timer == 0)
        respawn(driver);
    if (out_of_play(driver))
        keys = pressed = 0;
    read_keys(driver, keys);
    update_lean(driver);
    drift(driver, keys, pressed);
    update_limit(driver);
    accelerate(driver);
    turn(driver);
    count_boosts(driver);
    pass_on_wall_impulses(driver);
    move(driver);
    collide(driver, keys);
}
