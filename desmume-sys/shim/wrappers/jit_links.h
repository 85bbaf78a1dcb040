// From block to block: the end of a block jumps to the next one of the same processor.
//
// The loop (jit_loop.h) counts a processor's cycles up to zero, where it is to stop. After a block, blocks_check_arm9
// or _arm7 does what the loop does between two blocks. If the processor is to stop or something happened that the loop
// is to see, the block returns to it. If not, it jumps to the block at the address that it went to, where its code
// names that: these jumps are kept in a table, and changed when a block comes or goes. Other addresses are left to
// blocks_find_arm9 or _arm7, which look among the blocks that ran lately.
//
// The core knows nothing of this: its code ends with a return, which is replaced here.

#include <algorithm>
#include <initializer_list>
#include <vector>

namespace links {

const blocks::Place CHECK[] = {blocks_check_arm9, blocks_check_arm7};

// A jump to the block at an entry of the table of blocks: where its distance is.
struct Jump
{
    u32 index;
    u32 before;
    u8 *place;
};

// The jumps of a processor. Those of a bucket are a chain, from the last one to the first one, each by its number plus
// one: so that all are forgotten at once, as every saved or loaded state does.
struct Jumps
{
    static const u32 BUCKETS = 4096;

    std::vector<Jump> all;
    u32 last[BUCKETS];

    void forget()
    {
        all.clear();
        memset(last, 0, sizeof(last));
    }

    void add(u32 index, u8 *place)
    {
        u32 &bucket = last[index % BUCKETS];
        all.push_back(Jump{index, bucket, place});
        bucket = (u32)all.size();
    }

    template <typename Body> void each(u32 index, Body body) const
    {
        for (u32 number = last[index % BUCKETS]; number != 0; number = all[number - 1].before) {
            if (all[number - 1].index == index) {
                body(all[number - 1].place);
            }
        }
    }
};
Jumps jumps[2];

bool is_compiled(const u8 *code)
{
    return code >= scratchpad && code < scratchpad + sizeof(scratchpad);
}

void forget()
{
    for (Jumps &of_processor : jumps) {
        of_processor.forget();
    }
}

void aim(u8 *place, const void *target)
{
    const s32 distance = (s32)((const u8 *)target - (place + sizeof(distance)));
    memcpy(place, &distance, sizeof(distance));
}

// A block came to an entry of the table or, with another code, left it.
void set(u32 index, u8 *code)
{
    for (int processor = 0; processor < 2; ++processor) {
        const void *const target = is_compiled(code) ? (const void *)code : (const void *)blocks::FIND[processor];
        jumps[processor].each(index, [target](u8 *place) { aim(place, target); });
    }
}

// Writes code behind the core's.
void put(std::initializer_list<u8> bytes)
{
    scratchptr = std::copy(bytes.begin(), bytes.end(), scratchptr);
}

void put_word(u32 word)
{
    memcpy(scratchptr, &word, sizeof(word));
    scratchptr += sizeof(word);
}

u8 *put_distance(const void *target)
{
    u8 *const place = scratchptr;
    scratchptr += sizeof(u32);
    aim(place, target);
    return place;
}

// The distance to the block at an address. As long as there is none, it is that to the search.
void put_link(int processor, u32 address)
{
    const uintptr_t *const entry = blocks::entry_of(address, processor);
    const u8 *const code = (const u8 *)*entry;
    u8 *const place = put_distance(is_compiled(code) ? code : (const u8 *)blocks::FIND[processor]);
    jumps[processor].add(blocks::index_of(entry), place);
}

// Goes to the block at an address if the processor is there.
void put_jump_if_at(int processor, u32 address)
{
    static_assert(offsetof(armcpu_t, instruct_adr) == 8, "the comparison holds the place");
    put({0x81, 0x7B, 8}); // cmp dword [rbx + 8], address
    put_word(address);
    put({0x0F, 0x84}); // je
    put_link(processor, address);
}

// Goes on to the block that the processor is at.
void put_ways(int processor, const std::vector<u32> &targets, bool has_others)
{
    const bool are_all = !has_others && !targets.empty();
    for (size_t number = are_all; number < targets.size(); ++number) {
        put_jump_if_at(processor, targets[number]);
    }
    put({0xE9}); // jmp
    if (are_all) {
        put_link(processor, targets.front());
    } else {
        put_distance((const void *)blocks::FIND[processor]);
    }
}

// Where the block goes that was compiled last, and ran once, after which the processor was at `next`: most returns of a
// function are to one place.
std::vector<u32> likely_targets(u32 next)
{
    std::vector<u32> targets = c.targets;
    const bool is_in_any_mode = next % 4 == 0;
    if (c.has_other_targets && is_in_any_mode && std::find(targets.begin(), targets.end(), next) == targets.end()) {
        targets.push_back(next);
    }
    return targets;
}

// Replaces the end of that block.
void finish(int processor, const u8 *begin, u32 next)
{
    const u8 RETURN[] = {0x49, 0x8B, 0xC4, 0xC3}; // mov rax, r12; ret
    scratchptr -= 1;
    if (scratchptr - begin >= 3 && memcmp(scratchptr - 3, RETURN, sizeof(RETURN)) == 0) {
        scratchptr -= 3;
    } else {
        put({0x49, 0x89, 0xC4}); // mov r12, rax
    }
    put({0xE8}); // call
    put_distance((const void *)CHECK[processor]);
    put({0x75, 0}); // jnz: to the end
    u8 *const ways = scratchptr;
    put_ways(processor, likely_targets(next), c.has_other_targets);
    ways[-1] = (u8)(scratchptr - ways);
    put({0xC3}); // ret
}

} // namespace links
