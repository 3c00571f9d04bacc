/* SPDX-License-Identifier: MIT */
/* y (n): the logarithms of the mean of the probabilities that the rows of x (members, n) stand for. */
static float log_softmax_at(const float *x, float most, float log_sum, int i) {
    const float shifted = x[i] - most;
    return shifted - log_sum;
}
static float log_sum_of(float *most, const float *x, int n) {
    float part[16] = {0};
    *most = x[0];
    for (int i = 1; i < n; i++)
        if (x[i] > *most || x[i] != x[i]) *most = x[i];
    for (int i = 0; i < n; i++) part[i % 16] += exponential(x[i] - *most);
    return logarithm(sum_of(part, 16));
}
static void log_mean_softmax(float *y, const float *x, int members, int n, double log_members) {
    for (int first = 0; first < n; first += 16) { /* so many at once as there is room for */
        const int count = n - first < 16 ? n - first : 16;
        float largest[16], sum[16] = {0}, most;
        for (int member = 0; member < members; member++) {
            const float *row = x + member * n, log_sum = log_sum_of(&most, row, n);
            for (int i = 0; i < count; i++) {
                const float l = log_softmax_at(row, most, log_sum, first + i);
                if (!member || l > largest[i] || l != l) largest[i] = l;
            }
        }
        for (int member = 0; member < members; member++) {
            const float *row = x + member * n, log_sum = log_sum_of(&most, row, n);
            for (int i = 0; i < count; i++)
                sum[i] += exponential(log_softmax_at(row, most, log_sum, first + i) - largest[i]);
        }
        for (int i = 0; i < count; i++) y[first + i] = largest[i] + logarithm(sum[i]) - (float)log_members;
    }
}
