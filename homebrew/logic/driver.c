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

/* The real game's use of these fields is not known. In this one, Driver.field_340 is the share of the way that a tick
 * tilts the kart towards the ground, field_3f4 the height at which a fall begins, field_3b0 where the kart last stood;
 * CharacterParameters.field_0 is a factor of the kart's handling. */

static const KartParameters *kart_of(const Driver *driver)
{
    return AT(KartParameters, driver->kart_parameters);
}

static const CharacterParameters *character_of(const Driver *driver)
{
    return AT(CharacterParameters, driver->character_parameters);
}

static int on_ground(const Driver *driver)
{
    return (driver->motion_flags & MOTION_ON_GROUND) != 0;
}

static int boosting(const Driver *driver)
{
    return driver->boost_timer > 0 || driver->mini_turbo_timer > 0;
}

static u32 facing_yaw(const Driver *driver)
{
    return (u32)(driver->yaw + driver->drift_yaw);
}

/* ---- Orientation ---- */

static void orient(Driver *driver)
{
    driver->rotation = yaw_rotation(driver->yaw);
    VecFx32 up = rotate(driver->ground_tilt, world_up);
    VecFx32 heading = rotate(driver->ground_tilt, vec_of_yaw(driver->yaw));
    driver->heading = heading;
    driver->direction = driver->drift_yaw == 0 ? heading : rotate(driver->ground_tilt, vec_of_yaw(facing_yaw(driver)));
    driver->driving_direction = driver->forward_speed < 0 ? vec_scale(driver->direction, -FX_ONE) : driver->direction;
    driver->main_matrix.rows[0] = vec_cross(up, heading);
    driver->main_matrix.rows[1] = up;
    driver->main_matrix.rows[2] = heading;
    driver->main_matrix.translation = driver->position;
}

static void tilt_towards(Driver *driver, VecFx32 normal)
{
    driver->field_340 = at_most(driver->field_340 + TILT_STEP, TILT_CAP);
    driver->ground_tilt = quaternion_lerp(driver->ground_tilt, tilt_to(normal), driver->field_340);
}

void kart_model_axes(const Driver *driver, VecFx32 *left, VecFx32 *up, VecFx32 *forward)
{
    *up = driver->main_matrix.rows[1];
    *forward = driver->direction;
    *left = vec_cross(*up, *forward);
}

/* ---- Creation ---- */

void driver_create(Driver *driver, u32 id, u32 character, u32 kart)
{
    clear_memory(driver, sizeof *driver);
    driver->id = (u16)id;
    driver->input_id = id;
    driver->kart_parameters = kart_params_address(kart);
    driver->character_parameters = character_params_address(character);
    driver->drift_toward_presses = ADDRESS_OF(&driver->drift_left_presses);
    driver->drift_away_presses = ADDRESS_OF(&driver->drift_right_presses);
    driver->collision_entry_2 = -1;
    driver->scale = vec(FX_ONE, FX_ONE, FX_ONE);
    driver->sphere_radius = kart_of(driver)->sphere_radius;
    driver->sphere_z_offset = kart_of(driver)->sphere_z_offset;
    driver->slipstream_speed_multiplier = FX_ONE;
    driver->effect_speed_factor = FX_ONE;
}

void driver_place(Driver *driver, VecFx32 position, u16 yaw)
{
    driver->motion_flags = MOTION_ON_GROUND | MOTION_AT_REST;
    driver->position = position;
    driver->last_position = position;
    driver->yaw = yaw;
    driver->yaw_rate = 0;
    driver->drift_yaw = 0;
    driver->drift_direction = 0;
    driver->drift_charge = 0;
    driver->drift_slide = 0;
    driver->lean = 0;
    driver->forward_speed = 0;
    driver->vertical_velocity = vec(0, CONTACT_FALL, 0);
    driver->boost_timer = 0;
    driver->mini_turbo_timer = 0;
    driver->airborne_frames = 0;
    driver->field_3f4 = position.y;
    driver->floor_normal = world_up;
    driver->floor_kind = SURFACE_ROAD;
    driver->floor_collision_type = KCL_ROAD;
    driver->terrain_multiplier = FX_ONE;
    driver->slope_factor = FX_ONE;
    driver->wall_speed_factor = FX_ONE;
    driver->air_speed_factor = FX_ONE;
    driver->wall_bounce_3 = driver->wall_bounce_2 = driver->wall_bounce_1 = vec(0, 0, 0);
    driver->wall_yaw_kick = 0;
    driver->grip = kart_of(driver)->grip[SURFACE_ROAD];
    driver->target_max_speed = driver->max_speed = kart_of(driver)->max_speed;
    driver->ground_tilt = tilt_to(world_up);
    driver->field_340 = 0;
    driver->velocity_direction = vec_of_yaw(yaw);
    orient(driver);
}

void driver_boost(Driver *driver, s32 ticks)
{
    driver->boost_timer = (s16)at_least(driver->boost_timer, ticks);
}

/* ---- Input ---- */

static void read_keys(Driver *driver, u32 keys)
{
    driver->control_flags = 0;
    if (keys & KEY_A)
        driver->control_flags |= CONTROL_ACCELERATE;
    if (keys & KEY_B)
        driver->control_flags |= CONTROL_BRAKE;
    if ((keys & KEY_LEFT) && !(keys & KEY_RIGHT))
        driver->control_flags |= CONTROL_STEER_LEFT;
    if ((keys & KEY_RIGHT) && !(keys & KEY_LEFT))
        driver->control_flags |= CONTROL_STEER_RIGHT;
}

/* 1 = left, as yaw grows; -1 = right. */
static s32 steering(const Driver *driver)
{
    if (driver->control_flags & CONTROL_STEER_LEFT)
        return 1;
    return driver->control_flags & CONTROL_STEER_RIGHT ? -1 : 0;
}

/* ---- Drift ---- */

/* The turn of a hop or a drift becomes the kart's own. */
static void keep_drift_angle(Driver *driver)
{
    driver->yaw = (u16)facing_yaw(driver);
    driver->drift_yaw = 0;
}

static void end_drift(Driver *driver)
{
    keep_drift_angle(driver);
    driver->motion_flags &= ~MOTION_DRIFTING;
    driver->drift_direction = 0;
    driver->drift_charge = 0;
    driver->drift_slide = 0;
}

static void start_hop(Driver *driver)
{
    driver->motion_flags |= MOTION_HOP | MOTION_HOP_IN_PROGRESS;
    driver->motion_flags &= ~(MOTION_ON_GROUND | MOTION_AT_REST);
    driver->vertical_velocity.y = HOP_SPEED;
    driver->field_3f4 = driver->position.y;
}

/* On landing from a hop with R and a direction held. */
static void start_drift(Driver *driver)
{
    s32 direction = steering(driver);
    u32 left = ADDRESS_OF(&driver->drift_left_presses), right = ADDRESS_OF(&driver->drift_right_presses);
    driver->motion_flags |= MOTION_DRIFTING;
    driver->drift_direction = direction > 0 ? DRIFT_LEFT : DRIFT_RIGHT;
    driver->drift_charge = 1;
    driver->drift_left_presses = 0;
    driver->drift_right_presses = 0;
    driver->drift_toward_presses = direction > 0 ? left : right;
    driver->drift_away_presses = direction > 0 ? right : left;
    driver->drift_press_cooldown = 0;
    driver->drift_slide = (s16)((DRIFT_SLIDE * driver->speed) >> 12);
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
    driver->mini_turbo_timer = (s16)at_least(driver->mini_turbo_timer, kart_of(driver)->mini_turbo_time);
}

static void drift(Driver *driver, u32 keys, u32 pressed)
{
    if (driver->motion_flags & MOTION_DRIFTING) {
        if (!(keys & KEY_R)) {
            if (driver->drift_charge >= DRIFT_CHARGED)
                fire_mini_turbo(driver);
            end_drift(driver);
        } else if (driver->forward_speed < DRIFT_SPEED_MIN) {
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
    const KartParameters *kart = kart_of(driver);
    fx32 low = kart->base_acceleration, high = kart->fast_acceleration;
    fx32 from = FX_ONE / 2, to = kart->fast_ratio;
    if (driver->max_speed_fraction < from)
        return low;
    if (driver->max_speed_fraction >= to)
        return high;
    return low + (high - low) * (driver->max_speed_fraction - from) / (to - from);
}

static void update_limit(Driver *driver)
{
    fx32 target = kart_of(driver)->max_speed;
    if (driver->boost_timer <= 0)
        target = fx_mul(target, driver->terrain_multiplier);
    target = fx_mul(target, fx_mul(driver->slope_factor, driver->slipstream_speed_multiplier));
    target = fx_mul(target, driver->effect_speed_factor);
    if (boosting(driver))
        target = fx_mul(target, BOOST_LIMIT);
    driver->target_max_speed = target;
    driver->max_speed = at_least(target, fx_mul(driver->max_speed, LIMIT_FALL));
    driver->max_speed_fraction =
        driver->max_speed > 0 ? at_most(fx_div(driver->speed, driver->max_speed), FX_ONE) : FX_ONE;
}

static void accelerate(Driver *driver)
{
    int pedal = (driver->control_flags & (CONTROL_ACCELERATE | CONTROL_BRAKE)) != 0;
    driver->motion_flags &= ~MOTION_COASTING;
    if (on_ground(driver)) {
        if (driver->control_flags & CONTROL_BRAKE) {
            driver->forward_speed -= BRAKE;
            /* Both pedals hold the kart for a pivot. */
            if (driver->control_flags & CONTROL_ACCELERATE)
                driver->forward_speed = at_least(driver->forward_speed, 0);
        } else if (driver->control_flags & CONTROL_ACCELERATE) {
            driver->forward_speed += acceleration(driver);
            if (driver->motion_flags & MOTION_DRIFTING)
                driver->forward_speed += kart_of(driver)->drift_acceleration;
        }
        if (boosting(driver))
            driver->forward_speed += BOOST_ACCELERATION;
        if (!pedal && !boosting(driver)) {
            driver->motion_flags |= MOTION_COASTING;
            driver->forward_speed = fx_mul(driver->forward_speed, kart_of(driver)->deceleration);
            if (magnitude(driver->forward_speed) <= SPEED_AT_REST)
                driver->forward_speed = 0;
        }
    }
    fx32 cap = fx_mul(driver->max_speed, driver->wall_speed_factor);
    driver->forward_speed = clamp(driver->forward_speed, -at_most(cap, REVERSE_CAP), cap);
    driver->motion_flags &= ~MOTION_REVERSING;
    if (driver->forward_speed < 0)
        driver->motion_flags |= MOTION_REVERSING;
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
    s32 rate = kart_of(driver)->drift + driver->drift_slide;
    if (steering(driver) == direction)
        rate += DRIFT_TURN_IN;
    else if (steering(driver) == -direction)
        rate -= DRIFT_TURN_OUT;
    return direction * rate;
}

static s32 steer_yaw_rate(const Driver *driver)
{
    u32 pedals = CONTROL_ACCELERATE | CONTROL_BRAKE;
    if ((driver->control_flags & pedals) == pedals && driver->forward_speed < PIVOT_SPEED)
        return steering(driver) * PIVOT_TURN;
    fx32 handling = fx_mul(kart_of(driver)->handling, character_of(driver)->field_0);
    fx32 pace = at_most(magnitude(driver->forward_speed), STEER_FULL_SPEED);
    s32 rate = steering(driver) * handling * pace / STEER_FULL_SPEED;
    if (!on_ground(driver))
        rate = fx_mul(rate, AIR_TURN);
    return driver->forward_speed < 0 ? -rate : rate;
}

static void turn(Driver *driver)
{
    driver->yaw_rate_target = 0;
    if (driver->motion_flags & MOTION_HOP_IN_PROGRESS) {
        s32 angle = driver->drift_yaw + steering(driver) * HOP_YAW;
        driver->drift_yaw = (s16)clamp(angle, -HOP_YAW_CAP, HOP_YAW_CAP);
    } else if (driver->motion_flags & MOTION_DRIFTING) {
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
    driver->control_flags &= ~(CONTROL_BOOST | CONTROL_MINI_TURBO);
    if (boosting(driver))
        driver->control_flags |= CONTROL_BOOST;
    if (driver->mini_turbo_timer > 0)
        driver->control_flags |= CONTROL_MINI_TURBO;
}

/* ---- Movement ---- */

static void pass_on_wall_impulses(Driver *driver)
{
    driver->wall_bounce_3 = vec_scale(driver->wall_bounce_2, WALL_DECAY_SECOND);
    driver->wall_bounce_2 = vec_scale(driver->wall_bounce_1, WALL_DECAY_FIRST);
    driver->wall_bounce_1 = vec(0, 0, 0);
}

static void update_travel(Driver *driver)
{
    if (!on_ground(driver))
        return;
    VecFx32 travel = vec_lerp(driver->velocity_direction, driver->direction, driver->grip);
    driver->velocity_direction = vec_normal(travel, driver->direction);
}

static fx32 pace(const Driver *driver)
{
    fx32 speed = driver->forward_speed;
    if (!(driver->motion_flags & (MOTION_DRIFTING | MOTION_HOP_IN_PROGRESS)) && magnitude(speed) > LEAN_SPEED)
        speed -= fx_mul(speed, fx_mul(LEAN_COST, magnitude(driver->lean)));
    return fx_mul(speed, driver->air_speed_factor);
}

static void move(Driver *driver)
{
    driver->vertical_velocity.y += GRAVITY;
    if (driver->pre_respawn_timer > 0)
        driver->vertical_velocity.y = at_least(driver->vertical_velocity.y, FALL_SPEED_CAP);
    update_travel(driver);
    VecFx32 step = vec_add(vec_scale(driver->velocity_direction, pace(driver)), driver->vertical_velocity);
    step = vec_add(step, vec_add(driver->wall_bounce_3, driver->wall_bounce_2));
    fx32 length = vec_length(step);
    if (length > SPEED_CAP) {
        step = vec_scale(step, fx_div(SPEED_CAP, length));
        driver->vertical_velocity.y = at_least(driver->vertical_velocity.y, -SPEED_CAP);
        length = SPEED_CAP;
    }
    driver->displacement = step;
    driver->speed = length;
    driver->displacement_direction = vec_normal(step, driver->velocity_direction);
    driver->position = vec_add(driver->position, step);
}

/* ---- Collision ---- */

static void start_fall(Driver *driver)
{
    if (driver->pre_respawn_timer == 0)
        driver->pre_respawn_timer = FALL_TICKS;
}

static void touch_special_floor(Driver *driver, u32 type)
{
    switch (type) {
    case KCL_BOOST_PANEL:
        driver_boost(driver, BOOST_PANEL_TICKS);
        break;
    case KCL_BOOST_PAD_MINIMUM_SPEED:
        driver_boost(driver, BOOST_PANEL_TICKS);
        driver->forward_speed = at_least(driver->forward_speed, BOOST_PAD_SPEED);
        break;
    case KCL_JUMP_PAD:
        driver_boost(driver, JUMP_PAD_TICKS);
        driver->jump_pad_speed = JUMP_PAD_SPEED + driver->floor_variant * JUMP_PAD_STEP;
        driver->vertical_velocity.y = driver->jump_pad_speed;
        driver->field_3f4 = driver->position.y;
        driver->motion_flags &= ~(MOTION_ON_GROUND | MOTION_AT_REST);
        break;
    default:
        break;
    }
}

/* The first contact after a time in the air. Whether the kart bounced off. */
static int land(Driver *driver, u32 keys)
{
    int hop = (driver->motion_flags & MOTION_HOP_IN_PROGRESS) != 0;
    driver->motion_flags &= ~(MOTION_HOP | MOTION_HOP_IN_PROGRESS);
    driver->field_340 = 0;
    if (hop && (keys & KEY_R) && steering(driver) != 0 && driver->forward_speed >= DRIFT_SPEED_MIN)
        start_drift(driver);
    else if (!(driver->motion_flags & MOTION_DRIFTING))
        keep_drift_angle(driver);
    fx32 fallen = driver->field_3f4 - driver->position.y;
    if (hop || (driver->airborne_frames <= BOUNCE_TICKS && fallen <= BOUNCE_FALL))
        return 0;
    fx32 cap = fx_mul(BOUNCE_CAP, driver->terrain_multiplier);
    fx32 bounce = at_most(-driver->vertical_velocity.y / BOUNCE_SHARE, cap);
    if (bounce < BOUNCE_MIN)
        return 0;
    driver->airborne_frames = 0;
    driver->field_3f4 = driver->position.y;
    driver->vertical_velocity.y = bounce;
    return 1;
}

static void stand(Driver *driver, const Contacts *floor)
{
    driver->floor_collision_type = ATTRIBUTE_COLLISION_TYPE(floor->attribute);
    driver->floor_variant = (s32)ATTRIBUTE_VARIANT(floor->attribute);
    driver->floor_kind =
        driver->floor_collision_type < KCL_TYPES ? surface_of_type[driver->floor_collision_type] : SURFACE_ROAD;
    driver->floor_normal = contacts_normal(floor);
    const KartParameters *kart = kart_of(driver);
    driver->grip = kart->grip[driver->floor_kind];
    fx32 factor = kart->terrain_multipliers[driver->floor_kind];
    if (factor >= driver->terrain_multiplier)
        driver->terrain_multiplier = factor;
    else
        driver->terrain_multiplier += fx_mul(factor - driver->terrain_multiplier, TERRAIN_EASE);
}

static void leave_ground(Driver *driver)
{
    if (driver->motion_flags & MOTION_ON_GROUND)
        driver->field_3f4 = driver->position.y;
    driver->motion_flags &= ~(MOTION_ON_GROUND | MOTION_AT_REST);
    driver->airborne_frames++;
    driver->floor_kind = SURFACE_AIR;
    driver->floor_collision_type = KCL_ROAD;
    driver->floor_normal = world_up;
    if (driver->airborne_frames > AIR_LIMIT_TICKS)
        start_fall(driver);
}

static void touch_floor(Driver *driver, const Contacts *floor, u32 keys)
{
    /* A kart on its way up has already left the floor it still overlaps. */
    if (floor->count == 0 || driver->vertical_velocity.y > 0) {
        leave_ground(driver);
        return;
    }
    int bounced = !on_ground(driver) && land(driver, keys);
    stand(driver, floor);
    if (!bounced) {
        driver->motion_flags |= MOTION_ON_GROUND;
        driver->airborne_frames = 0;
        driver->vertical_velocity.y = CONTACT_FALL;
        driver->field_3b0 = driver->position;
    }
    touch_special_floor(driver, driver->floor_collision_type);
}

static void touch_wall(Driver *driver, const Contacts *wall)
{
    driver->motion_flags &= ~MOTION_TOUCHING_WALL;
    driver->wall_speed_factor = FX_ONE;
    if (wall->count == 0)
        return;
    driver->motion_flags |= MOTION_TOUCHING_WALL;
    VecFx32 normal = contacts_normal(wall);
    int backing = driver->forward_speed < 0;
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
    driver->wall_bounce_1 = bounce;
    if (!backing) {
        /* Kick the nose towards the side of the wall it already leans to. */
        VecFx32 along = vec_cross(world_up, normal);
        VecFx32 left = vec_cross(world_up, forward);
        s32 sign = (vec_dot(left, along) < 0) == (vec_dot(forward, along) < 0) ? 1 : -1;
        driver->wall_yaw_kick = (s16)(sign * fx_mul(FX_ONE - head_on, WALL_YAW_KICK));
    }
    driver->boost_timer = 0;
    driver->mini_turbo_timer = 0;
    if (driver->motion_flags & MOTION_DRIFTING)
        end_drift(driver);
}

/* A kart without speed stays where it stood, even on a slope. */
static void rest(Driver *driver, int stood, const SphereContacts *contacts)
{
    driver->motion_flags &= ~MOTION_AT_REST;
    VecFx32 push = vec_add(driver->wall_bounce_3, vec_add(driver->wall_bounce_2, driver->wall_bounce_1));
    int pushed = push.x != 0 || push.z != 0;
    if (!stood || !on_ground(driver) || driver->forward_speed != 0 || pushed || contacts->wall.count != 0)
        return;
    driver->motion_flags |= MOTION_AT_REST;
    driver->position.x = driver->last_position.x;
    driver->position.z = driver->last_position.z;
}

static void update_sphere(Driver *driver)
{
    fx32 lift = driver->sphere_radius + SPHERE_LIFT;
    driver->previous_collision_centre = driver->collision_centre;
    driver->collision_centre = vec_add(driver->position, vec_scale(driver->main_matrix.rows[1], lift));
    driver->last_contact_centre = driver->contact_centre;
    driver->contact_centre =
        vec_add(driver->position, vec_scale(driver->main_matrix.rows[1], driver->sphere_radius - 11264));
}

/* The length along the ground of the way a level kart would face. */
static void update_slope(Driver *driver)
{
    s64 rise = vec_dot(vec_of_yaw(facing_yaw(driver)), driver->floor_normal);
    driver->slope_factor =
        (fx32)square_root((u64)((s64)FX_ONE * FX_ONE - at_most((s32)(rise * rise), FX_ONE * FX_ONE)));
}

static void update_air_factor(Driver *driver)
{
    driver->air_speed_factor = FX_ONE;
    if (driver->airborne_frames > AIR_TICKS && !(driver->motion_flags & MOTION_HOP_IN_PROGRESS))
        driver->air_speed_factor =
            at_least(magnitude(vec_dot(driver->velocity_direction, driver->direction)), AIR_SPEED);
}

static void collide(Driver *driver, u32 keys)
{
    int stood = on_ground(driver);
    update_sphere(driver);
    SphereContacts contacts = collide_sphere(driver->collision_centre, driver->sphere_radius);
    if (contacts.outside || contacts.fall)
        start_fall(driver);
    VecFx32 push = contacts_push(&contacts.wall);
    if (driver->vertical_velocity.y <= 0)
        push = vec_add(push, contacts_push(&contacts.floor));
    driver->position = vec_add(driver->position, push);
    driver->collision_centre = vec_add(driver->collision_centre, push);
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
    return driver->pre_respawn_timer > 0;
}

void driver_tick(Driver *driver, u32 keys, u32 pressed)
{
    driver->last_position = driver->position;
    if (driver->pre_respawn_timer > 0 && --driver->pre_respawn_timer == 0)
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
