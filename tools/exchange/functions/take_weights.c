/* SPDX-License-Identifier: MIT */
/* Unpacks `some` weights from index `at`, of `bits` bits each, packed from the lowest bit of each byte. */
static void take_weights(signed char *to, const unsigned char *weights, int at, int some, int bits) {
    if (bits == 8) {
        for (int j = 0; j < some; j++)
            to[j] = (signed char)(weights[at + j] - (weights[at + j] >= 128 ? 256 : 0));
        return;
    }
    const unsigned mask = (1u << bits) - 1u, half = 1u << (bits - 1);
    for (int j = 0; j < some; j++) {
        const int bit = (at + j) * bits;
        unsigned number = (unsigned)weights[bit / 8] >> bit % 8;
        if (bit % 8 + bits > 8) number |= (unsigned)weights[bit / 8 + 1] << (8 - bit % 8);
        to[j] = (signed char)((int)((number & mask) ^ half) - (int)half);
    }
}
