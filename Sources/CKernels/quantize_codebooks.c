// Which points of a codebook lie nearest to each combination of levels: all points at the smallest few distances, sorted by
// distance and then by number, because of equally good candidates the quantizers take the first.
#include "quantize_codebooks.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "quantize_codebook_table.h"

/// What there is to know of a codebook before its neighbours are searched.
typedef struct {
    int values, bits;
    /// Levels that values have: for three levels in two bits, packed levels with a 3 in them never occur.
    int levels;
    /// How many different distances count as near. These numbers are ggml's.
    int distances;
    int count;
    const uint16_t *points;
} Plan;

static const Plan plans[QUERN_BOOK_COUNT] = {
    [QUERN_BOOK_IQ2_XXS] = {8, 2, 3, 2, 256, quern_points_iq2_xxs}, [QUERN_BOOK_IQ2_XS] = {8, 2, 3, 2, 512, quern_points_iq2_xs},
    [QUERN_BOOK_IQ2_S] = {8, 2, 3, 1, 1024, quern_points_iq2_s},    [QUERN_BOOK_IQ3_XXS] = {4, 3, 8, 2, 256, quern_points_iq3_xxs},
    [QUERN_BOOK_IQ3_S] = {4, 3, 8, 3, 512, quern_points_iq3_s},     [QUERN_BOOK_IQ1] = {8, 2, 3, 3, 2048, quern_points_iq1_s},
};

static quern_codebook books[QUERN_BOOK_COUNT];

enum { LARGEST_DISTANCE = 4 * 7 * 7, LARGEST_COUNT = 2048 };

static bool has_only(const Plan *plan, int packed) {
    for (int i = 0; i < plan->values; i++)
        if ((packed >> (plan->bits * i) & ((1 << plan->bits) - 1)) >= plan->levels) return false;
    return true;
}

/// The squared distance of two packed combinations, in steps between levels.
static int distance(const Plan *plan, int left, int right) {
    int sum = 0, mask = (1 << plan->bits) - 1;
    for (int i = 0; i < plan->values; i++) {
        int difference = (left >> (plan->bits * i) & mask) - (right >> (plan->bits * i) & mask);
        sum += difference * difference;
    }
    return sum;
}

/// Lists the points near `packed` and returns how many they are.
static int list_near(const Plan *plan, int packed, uint16_t list[LARGEST_COUNT]) {
    uint8_t far[LARGEST_COUNT];
    int at[LARGEST_DISTANCE + 2] = {0};
    for (int j = 0; j < plan->count; j++) {
        far[j] = (uint8_t)distance(plan, packed, plan->points[j]);
        at[far[j] + 1]++;
    }
    int found = 0, limit = 0;
    while (limit <= LARGEST_DISTANCE && found < plan->distances) found += at[limit++ + 1] > 0;
    for (int d = 0; d < limit; d++) at[d + 1] += at[d];
    int total = at[limit];
    for (int j = 0; j < plan->count; j++)
        if (far[j] < limit) list[at[far[j]]++] = plan->points[j];
    return total;
}

static void build(int number) {
    const Plan *plan = &plans[number];
    int combinations = 1 << (plan->values * plan->bits);
    int32_t *places = malloc(sizeof *places * (size_t)combinations);
    uint16_t *near = NULL;
    size_t used = 0, room = 0;
    if (!places) return;
    memset(places, 0, sizeof *places * (size_t)combinations);
    for (int packed = 0; packed < combinations; packed++) places[packed] = -1;
    for (int j = 0; j < plan->count; j++) places[plan->points[j]] = j;
    for (int packed = 0; packed < combinations; packed++) {
        if (places[packed] >= 0 || !has_only(plan, packed)) continue;
        uint16_t list[LARGEST_COUNT + QUERN_NEAR_CHUNK];
        int count = list_near(plan, packed, list), chunks = (count + QUERN_NEAR_CHUNK - 1) / QUERN_NEAR_CHUNK;
        for (int j = count; j < chunks * QUERN_NEAR_CHUNK; j++) list[j] = list[0];
        if (used + (size_t)chunks > room) {
            room = 2 * room + 4096;
            uint16_t *larger = realloc(near, room * QUERN_NEAR_CHUNK * sizeof *near);
            if (!larger) {
                free(near);
                free(places);
                return;
            }
            near = larger;
        }
        memcpy(near + used * QUERN_NEAR_CHUNK, list, (size_t)chunks * QUERN_NEAR_CHUNK * sizeof *near);
        places[packed] = ~((int32_t)used << 8 | (count + 7) / 8);
        used += (size_t)chunks;
    }
    books[number] = (quern_codebook){plan->values, plan->bits, plan->count, plan->points, places, near};
}

#define BUILDER(NAME) \
    static pthread_once_t once_##NAME = PTHREAD_ONCE_INIT; \
    static void build_##NAME(void) { build(QUERN_BOOK_##NAME); }

BUILDER(IQ2_XXS)
BUILDER(IQ2_XS)
BUILDER(IQ2_S)
BUILDER(IQ3_XXS)
BUILDER(IQ3_S)
BUILDER(IQ1)

const quern_codebook *quern_codebook_for(int book) {
    switch (book) {
    case QUERN_BOOK_IQ2_XXS: pthread_once(&once_IQ2_XXS, build_IQ2_XXS); break;
    case QUERN_BOOK_IQ2_XS: pthread_once(&once_IQ2_XS, build_IQ2_XS); break;
    case QUERN_BOOK_IQ2_S: pthread_once(&once_IQ2_S, build_IQ2_S); break;
    case QUERN_BOOK_IQ3_XXS: pthread_once(&once_IQ3_XXS, build_IQ3_XXS); break;
    case QUERN_BOOK_IQ3_S: pthread_once(&once_IQ3_S, build_IQ3_S); break;
    case QUERN_BOOK_IQ1: pthread_once(&once_IQ1, build_IQ1); break;
    default: return NULL;
    }
    return books[book].places ? &books[book] : NULL;
}

const uint16_t *quern_codebook_points(int book) { return plans[book].points; }
