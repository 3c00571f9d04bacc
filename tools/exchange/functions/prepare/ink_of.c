/* SPDX-License-Identifier: MIT */
/* A pixel as ink: 0 on the ground, 255 where it is as dark, or light, as ink is in the mean. */
static int32_t ink_of(int32_t pixel, int32_t ground, int32_t ink) {
    const int32_t strength = (pixel - ground) * 255 / (ink - ground);
    return strength < 0 ? 0 : strength > 255 ? 255 : strength;
}
