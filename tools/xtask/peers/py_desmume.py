"""Times py-desmume on a movie's race, a stretch of frames for each request on standard input.

usage: py_desmume.py ROM MOVIE START

Plays MOVIE's pads from power-on to frame START, saves the state, then answers each line `run N` with the seconds
that N frames of `cycle()` took, playing the movie's pads from START again. Pictures are drawn as `cycle()` does.
"""

import os
import sys
import time

os.environ.setdefault("SDL_VIDEODRIVER", "dummy")
os.environ.setdefault("SDL_AUDIODRIVER", "dummy")

# The library prints while it starts; standard output is for answers only.
answers = os.fdopen(os.dup(1), "w", buffering=1)
os.dup2(2, 1)

from desmume.emulator import DeSmuME  # noqa: E402

# The order of a movie's pad letters, as bits of the keypad word.
LETTER_BITS = [4, 5, 7, 6, 2, 3, 1, 0, 11, 10, 9, 8, 12]


def pads(movie):
    """The keypad word of each frame of a text movie."""
    words = []
    with open(movie, encoding="utf-8", errors="replace") as lines:
        for line in lines:
            if line.startswith("|"):
                letters = line.split("|")[2][:13]
                words.append(sum(1 << bit for letter, bit in zip(letters, LETTER_BITS) if letter != "."))
    return words


def main():
    rom, movie, start = sys.argv[1], sys.argv[2], int(sys.argv[3])
    words = pads(movie)
    emulator = DeSmuME()
    emulator.open(rom)
    emulator.volume_set(0)

    def play(frames):
        for word in frames:
            emulator.input.keypad_update(word)
            emulator.cycle()

    play(words[:start])
    race = words[start:]
    state = os.path.join(os.path.dirname(os.path.abspath(movie)), "py_desmume.dst")
    emulator.savestate.save_file(state)
    answers.write("ready\n")
    for line in sys.stdin:
        count = min(int(line.split()[1]), len(race))
        emulator.savestate.load_file(state)
        begin = time.perf_counter()
        play(race[:count])
        answers.write(f"{time.perf_counter() - begin:.6f}\n")


main()
