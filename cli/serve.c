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
            "only this machine may start training, but other machines can reach this server (--host)";
    else if (how->allow_host)
        options->no_training =
            "only this machine may start training, but other machines can reach this server (--allow-host)";
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
    command_complain("warning: other machines can reach this server. Anyone who has an address with its "
                     "token can draw, see the runs%s%s; only this machine may start training. The traffic is "
                     "not encrypted, unless a proxy encrypts it. The token is new at each start, works for "
                     "any number of people, and expires when the server ends",
                     how->read_only ? "" : ", start reports",
                     how->collect ? ", and add digits to the collection" : "");
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
            "--allow-host: expected names separated by commas, without http:// and port, found '%s'",
            how->allow_host);
    if (how->collect && how->read_only)
        return command_wrong_usage(call, error,
                                   "--collect writes files, which --read-only forbids; omit one of them");
    dsc_status status = options.key ? serve_key_make(&key, error) : DSC_OK;
    if (!status) status = serve_site_create(&site, &options, error);
    if (!status) status = serve_start(&server, site, how->host, &port, error);
    if (!status) {
        char url[ADDRESS];
        write_address(url, how->host, port, is_here ? NULL : options.key);
        (void)printf("%s\n", url);
        if (options.key) tell_others(how, port, options.key);
        (void)fflush(stdout);
        command_remark(call, "Open the address in a browser on this machine. Ctrl-C ends the server.");
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
    {"port", DSC_PARAM_INT, offsetof(values, port), "8017", 0, 65535, NULL,
     "port to listen on; 0: any free port"},
    {"host", DSC_PARAM_TEXT, offsetof(values, host), "127.0.0.1", 0, 0, NULL,
     "address to listen on; any but 127.0.0.1 makes the server reachable from other machines, with a token"},
    {"allow-host", DSC_PARAM_TEXT, offsetof(values, allow_host), NULL, 0, 0, NULL,
     "further host names to answer to, separated by commas: those of a proxy, a tunnel or this machine in "
     "its network; other machines need the printed address with the token"},
    {"runs", DSC_PARAM_TEXT, offsetof(values, runs), "runs", 0, 0, NULL, "folder of the runs to show"},
    {"collect", DSC_PARAM_TEXT, offsetof(values, collect), NULL, 0, 0, NULL,
     "folder for digits that are corrected on the page; the folder is a data set to train on"},
    {"read-only", DSC_PARAM_SWITCH, offsetof(values, read_only), "off", 0, 0, NULL,
     "do not let the page start anything: no training, no reports"},
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
     .help = "folder of a run, or a model's file; default: the model inside the program"},
    {0},
};

static const command_example examples[] = {
    {"serve --open", "Draw a digit, and see how the network reads it."},
    {"serve --collect corrections", "Keep corrected digits, and train on them."},
    {"serve --allow-host digits.example.org",
     "Serve behind a proxy with this name; give the address with the token to your guests."},
    {"serve runs/0001-mnist-cnn-109k", "Serve your own model; the page also shows its curves."},
    {0},
};

const command command_serve = {
    .name = "serve",
    .help = "draw digits in the browser, train, and watch runs",
    .about = "Prints the address of a page. On it you draw a digit with mouse, pen, finger or keys, or give "
             "a photo, and see what the network saw, what each layer made of it, and which pixels led to the "
             "answer. You can compare two networks. If the model reads other pictures, the page takes "
             "pictures instead of drawings. You can correct wrong answers; --collect keeps the corrections "
             "as a data set to train on. The page shows runs while they train, and starts, stops and resumes "
             "them: one at a time, only from this machine, and not with --read-only. Training that "
             "the page started ends with the server, which saves the run first.\n\nOnly this machine can "
             "reach the server, unless "
             "--host or --allow-host says otherwise. The server reads only files of runs. From another "
             "machine, use a tunnel: `ssh -L 9000:localhost:8017 MACHINE`, and open http://localhost:9000 "
             "there. The server answers to localhost with any port and to the names of --allow-host, so that "
             "a page of another site cannot reach it by a name of its own. Other machines need the token in "
             "the printed address; the token is new at each start.",
    .operands = operands,
    .options = options,
    .extras = extras,
    .examples = examples,
    .values_size = sizeof(values),
    .stops = true,
    .run = run,
};
