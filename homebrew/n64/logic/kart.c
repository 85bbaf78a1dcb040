/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kart.h"

#include "angle.h"
#include "collision.h"
#include "course.h"

#define SPEED_CAP 9.0f
#define FORCE_DIVISOR 25.0f
#define MASS 6000.0f
#define DRAG 0.12f
#define FRICTION 5800.0f
#define GRAVITY 2600.0f
#define COAST 1.0f
#define WALL_COST 6.0f
#define HOP_VELOCITY 0.93f
#define HOP_JERK 0.03f
#define HOP_GRAVITY 500.0f
#define DRIFT_KMH 20.0f
enum {
    COUNTER_STEER_MIN = 18,
    COUNTER_STEER_MAX = 99,
    CHARGED = 2,
    CHARGE_MAX = 3,
    MINI_TURBO_TICKS = 31,
    MUSHROOM_TICKS = 80,
    SLIP_MAX = 0x1C70,
    DRIFT_DURATION_MAX = 100,
};

/* Ours. */
#define BRAKE 4.0f
#define REVERSE_FORCE 900.0f
#define SPIN_TURN_SPEED 1.5f
#define TURN_SPEED 1.5f        /* slower, a kart turns less */
#define TURN_MAX 400.0f        /* angle units a tick, at that speed */
#define TURN_LOSS 32.0f        /* for each unit of speed above it */
#define TURN_HELD 120.0f       /* with the foot down, at any speed */
#define TURN_EASE 0.25f        /* of the way to the wanted turn, a tick */
#define DRIFT_TURN_IN 1.4f     /* share of the turn, steering into the drift */
#define DRIFT_TURN 0.75f       /* not steering */
#define DRIFT_TURN_OUT 0.1f    /* counter-steering */
#define AIR_TURN 0.5f
#define SLOPE_SHARE 0.5f       /* of gravity along the ground */
#define MUSHROOM_FORCE 1900.0f
#define PAD_FORCE 1500.0f
#define MINI_TURBO_FORCE 800.0f
#define BOOST_FADE 40.0f       /* a tick */
#define BOOST_SPEED 0.9f       /* of the top speed, at least, in a boost */
#define REST_SPEED 0.05f
#define TILT_EASE 0.25f        /* of the way to the ground's tilt, a tick */
#define RESCUE_HEIGHT 10.0f
#define RAMP_VELOCITY 4.0f
#define STEP_UP 8.0f           /* floors that much above the ground contact are still floors */
#define STICK_DOWN 4.0f        /* a kart on the ground follows it down that far a tick */
#define WALL_BOUNCE 0.3f
#define WALL_TOUCH 0.15f       /* slower into a wall, a kart slides along it */
#define BUMP 0.5f
enum {
    STICK_DEAD = 8,
    STICK_RANGE = 64,
    STICK_DRIFT = 20,
    SPIN_TURN = 500,
    PAD_TICKS = 50,
    SINK_TICKS = 50,  /* of a fallen kart, until it is carried back */
    HANG_TICKS = 40,
    RESCUE_BACK = 20, /* path points */
    AIR_LIMIT = 240,  /* longer in the air is a fall */
};

enum { LIGHT, MIDDLE, HEAVY };
static const u8 weights[CHARACTERS] = {MIDDLE, MIDDLE, LIGHT, LIGHT, HEAVY, HEAVY, LIGHT, HEAVY};

/* Gain of currentSpeed a tick, by tenths of the top speed. */
static const f32 acceleration[3][10] = {
    [LIGHT] = {2, 2, 2.5f, 2.6f, 2.6f, 2, 1.5f, 0.8f, 0.8f, 0.8f},
    [MIDDLE] = {2, 2, 2, 1.6f, 1.4f, 1.2f, 1, 0.8f, 0.6f, 0.4f},
    [HEAVY] = {2, 2, 2, 1.6f, 1, 1, 1, 1.8f, 1.8f, 1.2f},
};
static const f32 top_speeds[] = {[CC_50] = 290, [CC_100] = 310, [CC_150] = 320, [CC_EXTRA] = 310};

s32 player_number(const Player *player) { return (s32)(player - gPlayers); }

/* The yaw that the kart shows, with its slip. */
static s16 facing(const Player *player) { return (s16)(player->rotation[1] + player->slipAngle); }

static int on_ground(const Player *player) { return !(player->effects & (EFFECT_AIRBORNE | EFFECT_HOP)); }
static s32 drift_side(const Player *player) { return player->flags & FLAG_SLIP_LEFT ? 1 : -1; }

static f32 top_speed(u16 character)
{
    s32 cc = gModeSelection == MODE_TIME_TRIAL ? CC_100 : gCCSelection & 3;
    return top_speeds[cc] + (weights[character % CHARACTERS] == LIGHT ? 4 : 0);
}

/* The kart's axes: left, up, forward. */
static void orient(Player *player)
{
    f32 *left = player->orientation[0], *up = player->orientation[1], *forward = player->orientation[2];
    s16 yaw = facing(player);
    for (s32 axis = 0; axis < 3; axis++)
        up[axis] = player->collision.orientation[axis];
    f32 x = heading_x(yaw), z = heading_z(yaw);
    left[0] = up[1] * z;
    left[1] = up[2] * x - up[0] * z;
    left[2] = -up[1] * x;
    forward[0] = left[1] * up[2] - left[2] * up[1];
    forward[1] = left[2] * up[0] - left[0] * up[2];
    forward[2] = left[0] * up[1] - left[1] * up[0];
    for (s32 i = 0; i < 9; i++)
        player->orientationMatrix[i / 3][i % 3] = player->orientation[i / 3][i % 3];
}

void kart_create(Player *player, u16 type, u16 character, const Vec3f position, s16 yaw)
{
    clear_memory(player, sizeof *player);
    player->type = type;
    player->lap = -1;
    player->characterId = character;
    player->boundingBoxSize = weights[character % CHARACTERS] == HEAVY && character != 4 ? 6.0f : 5.5f;
    player->size = 1;
    player->alpha = 255;
    player->friction = FRICTION;
    player->gravity = GRAVITY;
    player->topSpeed = top_speed(character);
    player->rotation[1] = yaw;
    player->collision.triangleYX = player->collision.triangleZY = player->collision.triangleZX = NO_TRIANGLE;
    for (s32 i = 0; i < TYRES; i++)
        player->tyres[i].triangle = NO_TRIANGLE;
    for (s32 axis = 0; axis < 3; axis++)
        player->pos[axis] = player->oldPos[axis] = position[axis];
    player->pos[1] += player->boundingBoxSize;
    player->collision.orientation[1] = 1;
    player->surfaceHeight = position[1];
    orient(player);
}

/* ---- Boosts ---- */

void kart_boost(Player *player, u32 effect, s16 ticks)
{
    player->effects |= effect;
    player->boostTimer = (s16)at_least(player->boostTimer, ticks);
}

static void use_item(Player *player)
{
    if (player->item < ITEM_MUSHROOM || player->item > ITEM_TRIPLE_MUSHROOM)
        return;
    player->item = player->item == ITEM_MUSHROOM ? ITEM_NONE : player->item - 1;
    kart_boost(player, EFFECT_MUSHROOM, MUSHROOM_TICKS);
}

static void update_boost(Player *player)
{
    f32 force = 0;
    if (player->effects & EFFECT_MUSHROOM)
        force = MUSHROOM_FORCE;
    else if (player->effects & EFFECT_BOOST_PAD)
        force = PAD_FORCE;
    else if (player->effects & EFFECT_MINI_TURBO)
        force = MINI_TURBO_FORCE;
    player->boostPower = at_least_f(force, player->boostPower - BOOST_FADE);
    if (player->boostTimer > 0 && --player->boostTimer == 0)
        player->effects &= ~(u32)(EFFECT_MUSHROOM | EFFECT_BOOST_PAD);
    if (player->miniTurboTicks > 0 && --player->miniTurboTicks == 0)
        player->effects &= ~(u32)EFFECT_MINI_TURBO;
}

/* ---- Hop and drift ---- */

static void start_hop(Player *player)
{
    player->effects |= EFFECT_HOP;
    player->hopVelocity = HOP_VELOCITY;
    player->hopJerk = HOP_JERK;
    player->hopAcceleration = 0;
    player->gravity = HOP_GRAVITY;
    player->velocity[1] = 0;
}

static void start_drift(Player *player, s32 stick)
{
    player->effects |= EFFECT_DRIFT;
    player->flags = (s16)((player->flags & ~(FLAG_SLIP_LEFT | FLAG_SLIP_RIGHT)) |
                          (stick < 0 ? FLAG_SLIP_LEFT : FLAG_SLIP_RIGHT));
    player->driftDuration = 0;
    player->driftState = 0;
    player->miniTurboCounter = 0;
}

static void end_drift(Player *player)
{
    player->effects &= ~(u32)EFFECT_DRIFT;
    player->flags &= ~(FLAG_SLIP_LEFT | FLAG_SLIP_RIGHT);
    player->driftDuration = 0;
    player->driftState = 0;
    player->miniTurboCounter = 0;
}

static void land(Player *player)
{
    player->effects &= ~(u32)(EFFECT_HOP | EFFECT_AIRBORNE | EFFECT_RAMP);
    player->gravity = GRAVITY;
    player->hopVelocity = player->hopJerk = player->hopAcceleration = 0;
    player->airTicks = 0;
    player->velocity[1] = 0;
}

/* Counter-steering for a while, then steering in again, charges the mini-turbo. */
static void count_counter_steer(Player *player, s32 stick)
{
    if (stick * drift_side(player) > STICK_DEAD) {
        player->miniTurboCounter = (s16)at_most(player->miniTurboCounter + 1, COUNTER_STEER_MAX + 1);
        return;
    }
    if (player->miniTurboCounter >= COUNTER_STEER_MIN && player->miniTurboCounter <= COUNTER_STEER_MAX)
        player->driftState = (s16)at_most(player->driftState + 1, CHARGE_MAX);
    player->miniTurboCounter = 0;
}

static void drift(Player *player, const Controller *pad)
{
    if (!(pad->buttons & BUTTON_R)) {
        if (player->driftState >= CHARGED) {
            player->effects |= EFFECT_MINI_TURBO;
            player->miniTurboTicks = MINI_TURBO_TICKS;
        }
        end_drift(player);
    } else if (player->speed * KMH <= DRIFT_KMH) {
        end_drift(player);
    } else {
        player->driftDuration = (s16)at_most(player->driftDuration + 1, DRIFT_DURATION_MAX);
        count_counter_steer(player, pad->stickX);
    }
}

static void update_hop_and_drift(Player *player, const Controller *pad)
{
    if (player->effects & EFFECT_DRIFT) {
        drift(player, pad);
    } else if (on_ground(player) && (pad->buttons & BUTTON_R)) {
        if (pad->pressed & BUTTON_R)
            start_hop(player);
        else if (magnitude(pad->stickX) >= STICK_DRIFT && player->speed * KMH > DRIFT_KMH)
            start_drift(player, pad->stickX);
    }
    s32 slip = player->effects & EFFECT_DRIFT ? -drift_side(player) * SLIP_MAX / 2 : 0;
    player->slipAngle += (s16)((slip - player->slipAngle) / 8);
}

/* ---- Engine ---- */

static void update_engine(Player *player, const Controller *pad)
{
    f32 top = at_least_f(player->topSpeed, 1), speed = player->currentSpeed;
    player->flags &= ~(FLAG_THROTTLE | FLAG_REVERSING);
    if (pad->buttons & BUTTON_B) {
        speed -= BRAKE;
    } else if (pad->buttons & BUTTON_A) {
        player->flags |= FLAG_THROTTLE;
        speed += acceleration[weights[player->characterId % CHARACTERS]][clamp((s32)(speed * 10 / top), 0, 9)];
    } else {
        speed -= COAST;
    }
    if (player->boostPower > 0)
        speed = at_least_f(speed, top * BOOST_SPEED);
    player->currentSpeed = at_least_f(at_most_f(speed, top), 0);
    player->engineForce = player->currentSpeed * player->currentSpeed / FORCE_DIVISOR + player->boostPower;
    if ((pad->buttons & (BUTTON_A | BUTTON_B)) == BUTTON_B && player->currentSpeed == 0) {
        player->flags |= FLAG_REVERSING;
        player->engineForce = -REVERSE_FORCE;
    }
}

/* ---- Steering ---- */

/* The most that a kart turns in a tick. */
static f32 turn_of(const Player *player)
{
    f32 speed = player->speed;
    if (speed >= TURN_SPEED)
        return TURN_MAX - TURN_LOSS * (speed - TURN_SPEED);
    f32 turn = TURN_MAX * speed / TURN_SPEED;
    /* One that a wall holds can still turn away from it. */
    return player->flags & FLAG_THROTTLE ? at_least_f(turn, TURN_HELD) : turn;
}

static s32 stick_of(const Controller *pad)
{
    s32 stick = clamp(pad->stickX, -STICK_RANGE, STICK_RANGE);
    return magnitude(stick) < STICK_DEAD ? 0 : stick;
}

/* The turn a tick that the stick asks for, to the right positive. */
static f32 wanted_turn(Player *player, const Controller *pad)
{
    s32 stick = stick_of(pad);
    f32 turn = turn_of(player) * stick / STICK_RANGE;
    player->effects &= ~(u32)EFFECT_SPIN_TURN;
    if (player->effects & EFFECT_DRIFT) {
        s32 side = drift_side(player), outward = side * stick;
        f32 share = DRIFT_TURN + (outward > 0 ? DRIFT_TURN_OUT - DRIFT_TURN : DRIFT_TURN - DRIFT_TURN_IN) * outward /
                                     STICK_RANGE;
        return -side * turn_of(player) * share;
    }
    if ((pad->buttons & (BUTTON_A | BUTTON_B)) == (BUTTON_A | BUTTON_B) && player->speed < SPIN_TURN_SPEED && stick) {
        player->effects |= EFFECT_SPIN_TURN;
        return SPIN_TURN * stick / STICK_RANGE;
    }
    if (player->flags & FLAG_REVERSING)
        return -turn;
    return player->effects & EFFECT_AIRBORNE ? turn * AIR_TURN : turn;
}

static void steer(Player *player, const Controller *pad)
{
    player->stick = pad->stickX * 0x10000;
    player->turnRate += (s16)((wanted_turn(player, pad) - player->turnRate) * TURN_EASE);
    player->rotation[1] += player->turnRate;
}

/* ---- Movement ---- */

static void accelerate(Player *player)
{
    f32 x = heading_x(player->rotation[1]), z = heading_z(player->rotation[1]);
    f32 drag = DRAG * player->friction, pull = on_ground(player) ? player->gravity * SLOPE_SHARE : 0;
    f32 slow = player->boostPower > 0 ? 0 : player->slowdown, force = player->engineForce * (1 - slow);
    f32 slope[2] = {pull * player->collision.orientation[0], pull * player->collision.orientation[2]};
    f32 forward = slope[0] * x + slope[1] * z;
    player->slopeAccel = (s16)forward;
    player->velocity[0] += (force * x + slope[0] - drag * player->velocity[0]) / MASS;
    player->velocity[2] += (force * z + slope[1] - drag * player->velocity[2]) / MASS;
    f32 speed = length_in_plan(player->velocity[0], player->velocity[2]);
    if (speed > SPEED_CAP) {
        player->velocity[0] *= SPEED_CAP / speed;
        player->velocity[2] *= SPEED_CAP / speed;
        speed = SPEED_CAP;
    }
    /* A kart without a force comes to rest, even on a gentle slope. */
    if (force == 0 && speed < REST_SPEED)
        player->velocity[0] = player->velocity[2] = speed = 0;
    player->speed = speed;
}

static void touch_wall(void *context, u16 triangle, const f32 *normal, f32 depth)
{
    Player *player = context;
    f32 into = player->velocity[0] * normal[0] + player->velocity[2] * normal[2];
    player->pos[0] += normal[0] * depth;
    player->pos[2] += normal[2] * depth;
    if (gCollisionMesh[triangle].flags & FACES_X) {
        player->collision.triangleZY = triangle;
        player->collision.distance[1] = -depth;
    } else {
        player->collision.triangleYX = triangle;
        player->collision.distance[0] = -depth;
    }
    if (into >= 0)
        return;
    player->velocity[0] -= (1 + WALL_BOUNCE) * into * normal[0];
    player->velocity[2] -= (1 + WALL_BOUNCE) * into * normal[2];
    if (into > -WALL_TOUCH)
        return;
    player->currentSpeed = at_least_f(player->currentSpeed - WALL_COST, 0);
    player->wallHit = 1;
    if (player->effects & EFFECT_DRIFT)
        end_drift(player);
}

static void start_rescue(Player *player)
{
    player->rescue = RESCUE_FALLEN;
    player->airTicks = 0;
    player->boostTimer = 0;
    player->effects = EFFECT_AIRBORNE;
    end_drift(player);
}

static f32 slowdown_of(u8 surface)
{
    switch (surface) {
    case SURFACE_DIRT:
        return 0.2f;
    case SURFACE_GRASS:
        return 0.45f;
    case SURFACE_SAND:
        return 0.65f;
    default:
        return 0;
    }
}

static void touch_surface(Player *player)
{
    switch (player->surfaceType) {
    case SURFACE_BOOST:
        kart_boost(player, EFFECT_BOOST_PAD, PAD_TICKS);
        break;
    case SURFACE_RAMP:
        player->velocity[1] = RAMP_VELOCITY;
        player->effects |= EFFECT_RAMP | EFFECT_AIRBORNE;
        break;
    case SURFACE_OUT_OF_BOUNDS:
        start_rescue(player);
        break;
    }
}

static void leave_ground(Player *player)
{
    player->effects |= EFFECT_AIRBORNE;
    player->surfaceType = SURFACE_AIR;
    player->slowdown = 0;
    if (++player->airTicks > AIR_LIMIT)
        start_rescue(player);
}

static void stand(Player *player, u16 triangle, f32 ground)
{
    const f32 *normal = gCollisionMesh[triangle].normal;
    if (!on_ground(player))
        land(player);
    player->pos[1] = ground + player->boundingBoxSize;
    player->velocity[1] = 0;
    for (s32 axis = 0; axis < 3; axis++)
        player->collision.orientation[axis] += (normal[axis] - player->collision.orientation[axis]) * TILT_EASE;
    touch_surface(player);
}

/* Finds the floor below the kart's middle and whether it stands on it. */
static void touch_floor(Player *player)
{
    Vec3f foot = {player->pos[0], player->pos[1] - player->boundingBoxSize, player->pos[2]};
    f32 rising = player->velocity[1] + player->hopVelocity;
    f32 fallen = rising < 0 ? -rising : 0; /* in this tick: a floor passed on the way down still holds */
    u16 triangle = floor_at(foot, STEP_UP + fallen, player->collision.triangleZX);
    player->collision.triangleZX = triangle;
    if (triangle == NO_TRIANGLE) {
        leave_ground(player);
        return;
    }
    f32 ground = floor_height(triangle, foot[0], foot[2]);
    f32 reach = on_ground(player) ? STICK_DOWN : 0;
    player->surfaceHeight = ground;
    player->collision.distance[2] = foot[1] - ground;
    if (rising > 0 || foot[1] > ground + reach) {
        if (player->effects & EFFECT_HOP)
            player->airTicks++;
        else
            leave_ground(player);
        return;
    }
    player->surfaceType = gCollisionMesh[triangle].surface;
    stand(player, triangle, ground);
}

static void place_tyres(Player *player)
{
    static const s8 places[TYRES][2] = {{1, 1}, {-1, 1}, {1, -1}, {-1, -1}}; /* left, forward */
    f32 x = heading_x(player->rotation[1]), z = heading_z(player->rotation[1]);
    f32 across = player->boundingBoxSize - 1, along = player->boundingBoxSize - 1;
    f32 slow = 0;
    for (s32 i = 0; i < TYRES; i++) {
        Tyre *tyre = &player->tyres[i];
        f32 left = places[i][0] * across, forward = places[i][1] * along;
        tyre->pos[0] = player->pos[0] + z * left + x * forward;
        tyre->pos[1] = player->pos[1] - player->boundingBoxSize;
        tyre->pos[2] = player->pos[2] - x * left + z * forward;
        tyre->triangle = floor_at(tyre->pos, STEP_UP, tyre->triangle);
        tyre->surface = SURFACE_AIR;
        if (tyre->triangle == NO_TRIANGLE)
            continue;
        tyre->baseHeight = floor_height(tyre->triangle, tyre->pos[0], tyre->pos[2]);
        if (tyre->pos[1] - tyre->baseHeight < STICK_DOWN)
            tyre->surface = (u8)gCollisionMesh[tyre->triangle].surface;
        slow += slowdown_of(tyre->surface);
    }
    player->slowdown = slow / TYRES;
    player->tyreSpeed = (s32)(player->speed * 0x1000);
}

static void move(Player *player)
{
    if (!on_ground(player))
        player->velocity[1] -= player->gravity / MASS;
    if (player->effects & EFFECT_HOP) {
        player->hopAcceleration += player->hopJerk;
        player->hopVelocity -= player->hopAcceleration;
    }
    player->pos[0] += player->velocity[0];
    player->pos[1] += player->velocity[1] + player->hopVelocity;
    player->pos[2] += player->velocity[2];
    player->wallHit = 0;
    player->collision.triangleYX = player->collision.triangleZY = NO_TRIANGLE;
    touch_walls(player->pos, player->boundingBoxSize, touch_wall, player);
    touch_floor(player);
    place_tyres(player);
    orient(player);
}

/* ---- Rescue ---- */

/* Hangs the kart over the path behind where it fell. */
static void carry_back(Player *player)
{
    s32 fell = gNearestPathPointByPlayer[player_number(player)], at = path_wrapped(fell - RESCUE_BACK);
    const s16 *place = path_point(at)->pos;
    Vec3f position = {place[0], place[1] + RESCUE_HEIGHT, place[2]};
    /* Back over the line, the lap is to be begun again. */
    int over_line = fell < RESCUE_BACK && player->pos[2] <= gPathStartZ;
    s16 lap = player->lap - (over_line ? 1 : 0), item = player->item, rank = player->rank;
    f32 top = player->topSpeed;
    kart_create(player, player->type, player->characterId, position, gPathExpectedRotation[0][at]);
    player->lap = lap;
    player->item = item;
    player->rank = rank;
    player->topSpeed = top;
    player->rescue = RESCUE_FALLEN | RESCUE_CARRIED;
}

/* A fallen kart sinks out of sight, hangs over the course, then drops. */
static void rescue(Player *player)
{
    player->airTicks++;
    if (player->rescue & RESCUE_CARRIED) {
        if (player->airTicks < HANG_TICKS)
            return;
        player->rescue = 0;
        player->airTicks = 0;
        player->effects |= EFFECT_AIRBORNE;
    } else {
        player->velocity[1] -= GRAVITY / MASS;
        for (s32 axis = 0; axis < 3; axis++)
            player->pos[axis] += player->velocity[axis];
        if (player->airTicks >= SINK_TICKS)
            carry_back(player);
    }
}

/* ---- A tick ---- */

void kart_tick(Player *player, const Controller *pad)
{
    player->previousSpeed = player->speed;
    for (s32 axis = 0; axis < 3; axis++)
        player->oldPos[axis] = player->pos[axis];
    if (player->rescue) {
        rescue(player);
        return;
    }
    if (pad->pressed & BUTTON_Z)
        use_item(player);
    update_boost(player);
    update_hop_and_drift(player, pad);
    update_engine(player, pad);
    steer(player, pad);
    accelerate(player);
    move(player);
}

/* ---- Kart against kart ---- */

static int is_solid(const Player *player)
{
    return player_exists(player) && !(player->type & PLAYER_INVISIBLE) && !player->rescue;
}

static void bump(Player *a, Player *b)
{
    f32 dx = b->pos[0] - a->pos[0], dz = b->pos[2] - a->pos[2], reach = a->boundingBoxSize + b->boundingBoxSize;
    if (magnitude_f(dx) >= reach || magnitude_f(dz) >= reach || magnitude_f(b->pos[1] - a->pos[1]) >= reach)
        return;
    f32 distance = length_in_plan(dx, dz);
    if (distance >= reach || distance == 0)
        return;
    dx /= distance;
    dz /= distance;
    f32 apart = (reach - distance) / 2;
    a->pos[0] -= dx * apart;
    a->pos[2] -= dz * apart;
    b->pos[0] += dx * apart;
    b->pos[2] += dz * apart;
    f32 closing = (a->velocity[0] - b->velocity[0]) * dx + (a->velocity[2] - b->velocity[2]) * dz;
    if (closing <= 0)
        return;
    a->velocity[0] -= dx * closing * BUMP;
    a->velocity[2] -= dz * closing * BUMP;
    b->velocity[0] += dx * closing * BUMP;
    b->velocity[2] += dz * closing * BUMP;
}

void karts_collide(void)
{
    for (s32 i = 0; i < PLAYERS; i++)
        for (s32 k = i + 1; k < PLAYERS; k++)
            if (is_solid(&gPlayers[i]) && is_solid(&gPlayers[k]))
                bump(&gPlayers[i], &gPlayers[k]);
}
