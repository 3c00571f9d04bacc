/* SPDX-License-Identifier: MIT */
/* serve.c: `descender serve`: a page for drawing and watching runs, in this machine's browser. */
#include "command.h"

#include "data/known.h"

#include "model/title.h"
#include "serve/host.h"
#include "serve/serve.h"
#include "shipped/shipped.h"
#include "subject.h"

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

typedef struct values {
    char *host, *runs, *allow_host, *collect;
    int64_t port;
    bool open, read_only, quiet;
} values;

/* Opens the page in the user's browser with xdg-open, and waits until xdg-open has ended. */
static void open_browser(const char *url) {
    const pid_t child = fork();
    if (child == 0) {
        (void)execlp("xdg-open", "xdg-open", url, (char *)NULL);
        _exit(127);
    }
    int status = 0;
    if (child < 0 || waitpid(child, &status, 0) < 0 || status)
        command_complain("no browser could be opened; go to %s", url);
}

/* Sets what the page may start. Reports read runs and write beside them. Training also uses this machine's
 * time, so the page may start it only if no other machine can reach the server, by --host or through a proxy
 * named by --allow-host. */
static void allow(serve_options *options, const values *how) {
    static const char read_only[] = "this server was started with --read-only";
    if (how->read_only)
        options->no_reports = options->no_training = read_only;
    else if (!serve_host_is_loopback(how->host))
        options->no_training =
            "training is begun from this machine alone: this server can be reached from others (--host)";
    else if (how->allow_host)
        options->no_training =
            "training is begun from this machine alone: this server can be reached by --allow-host";
}

/* An address of this server, with the token if there is one. */
enum { ADDRESS = 400 };
static void write_address(char url[ADDRESS], const char *name, unsigned port, const serve_key *key) {
    const bool six = strchr(name, ':') && *name != '['; /* IPv6 addresses need brackets */
    (void)snprintf(url, ADDRESS, "http://%s%.255s%s:%u/%s%s", six ? "[" : "", name, six ? "]" : "", port,
                   key ? "?token=" : "", key ? key->token : "");
}

/* Prints the addresses for others, and what sharing means. */
static void tell_others(const values *how, unsigned port, const serve_key *key) {
    command_complain(
        "warning: this server answers others than this machine. Who has an address with its token "
        "can draw, see the runs%s%s; training stays for this machine alone. What is sent is not "
        "encrypted, unless a proxy does so. The token is new at each start, any number of people "
        "can use it, and it ends with the server",
        how->read_only ? "" : ", have reports made",
        how->collect ? ", and add digits to what is collected" : "");
    for (const char *at = how->allow_host; at && *at; at += strspn(at, ", ")) {
        char name[256], url[ADDRESS];
        const size_t n = strcspn(at, ", ");
        (void)snprintf(name, sizeof name, "%.*s", (int)n, at);
        write_address(url, name, port, key);
        (void)printf("%s\n", url);
        at += n;
    }
}

static dsc_status serve(command_call *call, const command_subject *subject, const char *name,
                        dsc_error *error) {
    const values *how = call->values;
    serve_site *site = NULL;
    serve_server *server = NULL;
    unsigned port = (unsigned)how->port;
    const char *const data[] = {dsc_registry_at(&dsc_drawn_data_registry, 0)->name,
                                dsc_known_standard(&dsc_known_data_registry)->name, NULL};
    serve_options options = {.model = subject->model,
                             .model_name = name,
                             .model_path = subject->model_path,
                             .runs = how->runs,
                             .program = "/proc/self/exe",
                             .data = data,
                             .collect = how->collect,
                             .allowed_hosts = how->allow_host};
    allow(&options, how);
    const bool is_here = serve_host_is_loopback(how->host);
    serve_key key;
    if (how->allow_host || !is_here) options.key = &key;
    if (how->allow_host && !serve_host_list_is_right(how->allow_host))
        return command_wrong_usage(
            call, error,
            "--allow-host: expected names, divided by commas, without http:// and port, found "
            "'%s'",
            how->allow_host);
    if (how->collect && how->read_only)
        return command_wrong_usage(call, error, "--collect writes, and --read-only forbids that; omit one");
    dsc_status status = options.key ? serve_key_make(&key, error) : DSC_OK;
    if (!status) status = serve_site_create(&site, &options, error);
    if (!status) status = serve_start(&server, site, how->host, &port, error);
    if (!status) {
        char url[ADDRESS];
        write_address(url, how->host, port, is_here ? NULL : options.key);
        (void)printf("%s\n", url);
        if (options.key) tell_others(how, port, options.key);
        (void)fflush(stdout);
        command_remark(call, "Open it in a browser on this machine. Ctrl-C ends it.");
        if (how->open) open_browser(url);
        const struct timespec while_idle = {0, 50000000};
        while (!command_should_stop_saving()) (void)nanosleep(&while_idle, NULL);
    }
    serve_site_stop(site);
    serve_stop(server);
    serve_site_free(site);
    return status;
}

static dsc_status run(command_call *call, dsc_error *error) {
    const char *operand = call->operand_count ? call->operands[0] : NULL;
    command_subject subject = {0};
    command_warn_of_kernels();
    dsc_status status =
        operand ? command_subject_open(&subject, operand, error) : shipped_model(&subject.model, error);
    dsc_text name = {0}; /* shown to everyone on the page: no path */
    if (operand)
        dsc_public_name(&name, operand);
    else
        dsc_text_append(&name, "the model inside the program");
    if (!status && name.failed) status = dsc_fail_memory(error, name.capacity, "the model's name");
    if (!status) status = serve(call, &subject, name.data, error);
    dsc_text_free(&name);
    command_subject_close(&subject);
    return status;
}

static const dsc_param options[] = {
    {"port", DSC_PARAM_INT, offsetof(values, port), "8017", 0, 65535, NULL, "0: any that is free"},
    {"host", DSC_PARAM_TEXT, offsetof(values, host), "127.0.0.1", 0, 0, NULL,
     "the address to listen on; others than 127.0.0.1 can be reached from other machines, with a token"},
    {"allow-host", DSC_PARAM_TEXT, offsetof(values, allow_host), NULL, 0, 0, NULL,
     "answer for these names, too, divided by commas: those of a proxy, a tunnel or this machine in its "
     "network; others than this machine need the address with the token, which is printed"},
    {"runs", DSC_PARAM_TEXT, offsetof(values, runs), "runs", 0, 0, NULL,
     "the folder of the runs that are shown"},
    {"collect", DSC_PARAM_TEXT, offsetof(values, collect), NULL, 0, 0, NULL,
     "a folder in which digits that were corrected on the page are kept, as data to train on"},
    {"read-only", DSC_PARAM_SWITCH, offsetof(values, read_only), "off", 0, 0, NULL,
     "begin nothing from the page: no training, no reports"},
    {"open", DSC_PARAM_SWITCH, offsetof(values, open), "off", 0, 0, NULL, "open the page in a browser"},
    COMMAND_QUIET(values),
    {0},
};

static const command_option extras[] = {{"port", 'p', NULL, false},       {"host", 0, "ADDRESS", false},
                                        {"allow-host", 0, "NAMES", true}, {"runs", 0, "DIR", false},
                                        {"collect", 0, "FOLDER", true},   {0}};

static const command_operand operands[] = {
    {.name = "RUN|MODEL",
     .optional = true,
     .help = "the folder of a run, or a model's file; without it, the model inside the program"},
    {0},
};

static const command_example examples[] = {
    {"serve --open", "Draw a digit, and see what the network makes of it."},
    {"serve --collect corrections", "Keep the digits that one corrects, and train on them."},
    {"serve --allow-host digits.example.org",
     "Behind a proxy that has this name; the address with the token is for those who may come."},
    {"serve runs/0001-mnist-cnn-166k", "The same with a model of your own; its curves are on the page, too."},
    {0},
};

const command command_serve = {
    .name = "serve",
    .help = "draw digits in the browser, train, and watch runs",
    .about =
        "Prints the address of a page, on which one draws with mouse, pen, finger or keys, or gives a photo, "
        "and "
        "sees what the network saw, what each layer made of it, and what the answer went by; two networks "
        "can be "
        "compared. A model of other pictures gets a place for pictures instead of the drawing pad. Wrong "
        "answers "
        "are corrected there, and with --collect kept as a data set to train on. Runs are shown while they "
        "train, and are begun, stopped and resumed there: one at a time, from this machine alone, and not "
        "with "
        "--read-only. What the page has begun ends with the server; a run saves first. The server answers on "
        "this machine alone unless --host says otherwise, and reads no files but the runs'. From another "
        "machine, a tunnel leads to it: `ssh -L 9000:localhost:8017 MACHINE`, and http://localhost:9000 in "
        "the "
        "browser there. It answers for localhost with any port, and for the names of --allow-host: a page of "
        "another site cannot reach it by a name of its own. Who does not come from this machine needs the "
        "token "
        "in the address that is printed; it is new at each start.",
    .operands = operands,
    .options = options,
    .extras = extras,
    .examples = examples,
    .values_size = sizeof(values),
    .stops = true,
    .run = run,
};
