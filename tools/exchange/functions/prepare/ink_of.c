/* SPDX-License-Identifier: MIT */
/* A pixel as ink: 0 on the ground, 255 at the mean intensity of ink or beyond. */
static int32_t ink_of(int32_t pixel, int32_t ground, int32_t ink) {
    const int32_t strength = (pixel - ground) * 255 / (ink - ground);
    return strength < 0 ? 0 : strength > 255 ? 255 : strength;
}
