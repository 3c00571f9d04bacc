/* SPDX-License-Identifier: MIT */
/* several_processes.c: two processes train one network together. Each computes half of every batch, and
 * the result equals that of one process, bit for bit.
 *
 *     cc several_processes.c -o several_processes $(pkg-config --cflags --libs descender)
 *     ./several_processes
 *
 * The processes communicate over a pair of sockets. Any other transport of bytes works: between machines,
 * MPI_Sendrecv, as in `mpirun -np 4 descender train`. */
#include <descender.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* This process's end of the pair, and its rank. */
typedef struct line {
    int socket;
    unsigned rank;
} line;

static bool send_all(int to, const unsigned char *bytes, size_t size) {
    while (size) {
        const ssize_t sent = write(to, bytes, size);
        if (sent <= 0) return false;
        bytes += sent;
        size -= (size_t)sent;
    }
    return true;
}

static bool receive_all(int from, unsigned char *bytes, size_t size) {
    while (size) {
        const ssize_t received = read(from, bytes, size);
        if (received <= 0) return false;
        bytes += received;
        size -= (size_t)received;
    }
    return true;
}

/* Process 0 writes first, then process 1: if both wrote at once, each could wait for the other to read. */
static dsc_status exchange(void *context, unsigned partner, void *receive, size_t receive_bytes,
                           const void *send, size_t send_bytes, dsc_error *error) {
    const line *l = context;
    bool done = l->rank != 0 || send_all(l->socket, send, send_bytes);
    done = done && receive_all(l->socket, receive, receive_bytes);
    done = done && (l->rank == 0 || send_all(l->socket, send, send_bytes));
    return done ? DSC_OK : dsc_fail(error, DSC_ERROR_IO, "process %u does not answer", partner);
}

static int note_loss(void *user, const dsc_event *event) {
    if (event->kind == DSC_EVENT_EPOCH) *(double *)user = event->loss;
    return 0;
}

/* `ranks` NULL: this process alone. *loss is the loss of the last epoch. */
static dsc_status train(double *loss, const dsc_ranks *ranks, dsc_error *error) {
    dsc_dataset *digits = NULL;
    dsc_model *model = NULL;
    dsc_training_options how = dsc_training_options_defaults();
    how.epochs = 2;
    how.threads = 1;
    how.shards = 2; /* cut each batch into two parts, for one process or two */
    how.ranks = ranks;
    how.on_event = note_loss;
    how.user = loss;
    dsc_status status = dsc_digits_create(&digits, 1000, 1, 0, error);
    if (!status) status = dsc_model_create_for(&model, "784-32-10", digits, error);
    if (!status) status = dsc_train(model, digits, &how, error);
    dsc_model_free(model);
    dsc_dataset_free(digits);
    return status;
}

int main(void) {
    int sockets[2];
    dsc_error error;
    double alone = 0, together = -1;
    dsc_status status = train(&alone, NULL, &error);
    if (!status && socketpair(AF_UNIX, SOCK_STREAM, 0, sockets))
        status = dsc_fail(&error, DSC_ERROR_IO, "no pair of sockets");
    const pid_t child = status ? -1 : fork();
    if (!status && child < 0) status = dsc_fail(&error, DSC_ERROR_IO, "no second process");
    if (!status) {
        line l = {.socket = sockets[child == 0], .rank = child == 0};
        const dsc_ranks ranks = {.rank = l.rank, .count = 2, .exchange = exchange, .context = &l};
        (void)close(sockets[child != 0]); /* the partner, which exits here */
        status = train(&together, &ranks, &error);
        if (child == 0) return status || together != alone;
    }
    int child_status = 0;
    if (child > 0 && (waitpid(child, &child_status, 0) < 0 || child_status) && !status)
        status = dsc_fail(&error, DSC_ERROR_IO, "the second process came to something else");
    if (status)
        (void)fprintf(stderr, "several_processes: %s\n", error.message);
    else
        printf("one process:   a loss of %.17g\ntwo processes: a loss of %.17g\n", alone, together);
    return status || alone != together;
}
