// netload: a bounded epoll load generator for echo servers, loopback only.
//
// usage: netload IP:PORT CONNECTIONS SECONDS SIZE DEPTH [MODE] [--trips K] [--max N] [--reset-every R]
//
//   (no mode)  each connection keeps DEPTH messages of SIZE bytes in flight
//   idle       one message on each connection, which is then held for SECONDS
//   churn      each connection does about K round trips (K/2 to 3K/2, so that they do not march
//              in step; default 20), closes, and is opened again. Closing is orderly: shut down,
//              then wait for the server's end of stream. With --reset-every R, every R-th one is
//              reset instead, with its messages still in flight. At most N connections (default
//              a million) are opened in all.
//
// SECONDS is at most 600. Every byte echoed is compared with what was sent; connections differ
// in content, so that an answer meant for another one is an error. Prints one JSON line; exits
// with 1 if nothing was answered.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#ifndef IP_BIND_ADDRESS_NO_PORT
#define IP_BIND_ADDRESS_NO_PORT 24
#endif

enum { VARIANTS = 16, MAX_BYTES_IN_FLIGHT = 1 << 20, READ_BYTES = 1 << 20 };
enum phase { CLOSED, CONNECTING, OPEN, CLOSING };
enum mode { STEADY, IDLE, CHURN };

typedef struct {
  int fd;
  enum phase phase;
  uint32_t variant;   // which content it sends
  uint32_t part;      // bytes of an incomplete answer
  uint32_t head, tail;  // ring of send times, `depth` long
  uint32_t left;      // churn: messages it may still send
  uint32_t inFlight;
  int doomed;         // churn: ends in a reset
  uint64_t *sentAt;
} connection;

static struct sockaddr_in target;
static int poller;
static enum mode mode = STEADY;
static uint32_t size, depth, trips = 20, resetEvery = 0;
static uint64_t maxOpened = 1000000;
static char *content[VARIANTS];  // each periodic in `size`, depth + 1 messages long
static char *inbox;

static uint64_t opened, closed, resets, answers, errors, corrupt, alive;

// Latencies: a log-linear histogram of nanoseconds, 64 steps per power of two from 64 ns on.
static uint64_t histogram[64 * 64], counted;

static void record(uint64_t ns) {
  int exponent = 63 - __builtin_clzll(ns | 64);
  int step = exponent > 6 ? (int)((ns >> (exponent - 6)) & 63) : (int)(ns & 63);
  histogram[(exponent - 6) * 64 + step]++;
  counted++;
}

static double percentileUs(double q) {
  uint64_t wanted = (uint64_t)(q * counted), seen = 0;
  for (int i = 0; i < 64 * 64; i++) {
    seen += histogram[i];
    if (seen <= wanted) continue;
    int exponent = i / 64 + 6, step = i % 64;
    uint64_t ns = i < 64 ? 64ull + step : (1ull << exponent) | ((uint64_t)step << (exponent - 6));
    return ns / 1000.0;
  }
  return 0;
}

static uint64_t now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000000000ull + t.tv_nsec;
}

static uint32_t below(uint32_t n) {
  static uint64_t state = 0x9E3779B97F4A7C15ull;
  state ^= state << 13, state ^= state >> 7, state ^= state << 17;
  return n ? (uint32_t)((state >> 16) % n) : 0;
}

static void watch(connection *c, uint32_t events, int operation) {
  struct epoll_event event = {.events = events, .data.ptr = c};
  epoll_ctl(poller, operation, c->fd, &event);
}

static void drop(connection *c) {
  if (c->phase == OPEN || c->phase == CLOSING) alive--;
  if (c->fd >= 0) close(c->fd);
  c->fd = -1;
  c->phase = CLOSED;
  closed++;
}

static void sendMessages(connection *c, uint32_t count) {
  if (mode == CHURN && count > c->left) count = c->left;
  if (count == 0) return;
  uint64_t t = now();
  for (uint32_t i = 0; i < count; i++) c->sentAt[c->tail++ % depth] = t;
  c->inFlight += count;
  c->left -= mode == CHURN ? count : 0;
  size_t want = (size_t)size * count, sent = 0;
  while (sent < want) {
    // The server answers what it reads, so a full buffer empties by itself.
    ssize_t n = send(c->fd, content[c->variant] + sent, want - sent, MSG_NOSIGNAL);
    if (n > 0) sent += n;
    else if (errno != EAGAIN) {
      errors++;
      return;  // the read side will find the same and drop it
    }
  }
}

static void established(connection *c) {
  c->phase = OPEN;
  alive++;
  watch(c, EPOLLIN, EPOLL_CTL_MOD);
  sendMessages(c, mode == IDLE ? 1 : depth);
}

// Starts to connect; returns 0 if that failed at once.
static int openConnection(connection *c) {
  int one = 1;
  c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  if (c->fd < 0) {
    c->phase = CLOSED;
    return 0;
  }
  setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  if (mode != STEADY) {
    // Many source addresses: closed connections hold their port for a minute.
    setsockopt(c->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
    struct sockaddr_in source = {.sin_family = AF_INET};
    source.sin_addr.s_addr = htonl(0x7f000002 + opened % 64);
    bind(c->fd, (void *)&source, sizeof source);
  }
  c->variant = opened++ % VARIANTS;
  c->doomed = mode == CHURN && resetEvery && opened % resetEvery == 0;
  c->part = c->head = c->tail = c->inFlight = 0;
  c->left = trips / 2 + below(trips + 1);
  if (c->left == 0) c->left = 1;
  c->phase = CONNECTING;
  watch(c, EPOLLOUT, EPOLL_CTL_ADD);
  if (connect(c->fd, (void *)&target, sizeof target) == 0) established(c);
  else if (errno != EINPROGRESS) {
    drop(c);
    return 0;
  }
  return 1;
}

static void reopen(connection *c) {
  if (mode == CHURN && opened < maxOpened && !openConnection(c)) errors++;
}

static void fail(connection *c) {
  errors++;
  drop(c);
  reopen(c);
}

// Checks what came, counts whole answers, sends as many messages again.
static void answered(connection *c, size_t bytes) {
  size_t at = 0;
  while (at < bytes) {
    size_t chunk = bytes - at, most = (size_t)size * depth;
    if (chunk > most) chunk = most;
    if (memcmp(inbox + at, content[c->variant] + c->part, chunk)) corrupt++;
    uint64_t whole = (c->part + chunk) / size;
    c->part = (c->part + chunk) % size;
    at += chunk;
    if (whole == 0) continue;
    if (whole > c->inFlight) {  // more than was asked for
      corrupt++;
      whole = c->inFlight;
    }
    uint64_t t = now();
    for (uint64_t i = 0; i < whole; i++) record(t - c->sentAt[c->head++ % depth]);
    c->inFlight -= whole;
    answers += whole;
    if (mode == IDLE) continue;
    sendMessages(c, whole);
    if (c->doomed && c->left == 0) {
      struct linger hard = {.l_onoff = 1, .l_linger = 0};
      setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
      resets++;
      drop(c);
      reopen(c);
      return;
    }
    if (mode == CHURN && c->left == 0 && c->inFlight == 0) {
      shutdown(c->fd, SHUT_WR);
      c->phase = CLOSING;
      return;
    }
  }
}

static void onEvent(connection *c) {
  if (c->phase == CLOSED) return;
  if (c->phase == CONNECTING) {
    int error = 0;
    socklen_t length = sizeof error;
    getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &error, &length);
    if (error) fail(c);
    else established(c);
    return;
  }
  ssize_t n = read(c->fd, inbox, READ_BYTES);
  if (n > 0) {
    if (c->phase == CLOSING) corrupt++;  // everything had been answered
    else answered(c, n);
  } else if (n == 0 && c->phase == CLOSING) {
    drop(c);
    reopen(c);
  } else if (n == 0 || errno != EAGAIN) fail(c);
}

static void die(const char *why) {
  fprintf(stderr, "netload: %s\n", why);
  exit(2);
}

static void parseTarget(char *text) {
  char *colon = strrchr(text, ':');
  if (!colon) die("expected IP:PORT");
  *colon = 0;
  target.sin_family = AF_INET;
  target.sin_port = htons(atoi(colon + 1));
  if (inet_pton(AF_INET, text, &target.sin_addr) != 1) die("expected an IPv4 address");
  if ((ntohl(target.sin_addr.s_addr) >> 24) != 127) die("loopback only");
}

int main(int argc, char **argv) {
  if (argc < 6) die("usage: netload IP:PORT CONNECTIONS SECONDS SIZE DEPTH [idle|churn] [options]");
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  parseTarget(argv[1]);
  int count = atoi(argv[2]);
  double seconds = atof(argv[3]);
  size = atoi(argv[4]);
  depth = atoi(argv[5]);
  for (int i = 6; i < argc; i++) {
    if (!strcmp(argv[i], "idle")) mode = IDLE;
    else if (!strcmp(argv[i], "churn")) mode = CHURN;
    else if (i + 1 == argc) die("unknown option");
    else if (!strcmp(argv[i], "--trips")) trips = atoi(argv[++i]);
    else if (!strcmp(argv[i], "--max")) maxOpened = strtoull(argv[++i], 0, 10);
    else if (!strcmp(argv[i], "--reset-every")) resetEvery = atoi(argv[++i]);
    else die("unknown option");
  }
  if (count < 1 || count > 100000) die("1 to 100000 connections");
  if (size < 1 || depth < 1 || (uint64_t)size * depth > MAX_BYTES_IN_FLIGHT) die("SIZE x DEPTH: 1 byte to 1 MiB");
  if (trips < 1 || trips > 1000000) die("--trips: 1 to 1000000");
  if (!(seconds > 0 && seconds <= 600)) die("SECONDS: above 0, at most 600");

  struct rlimit files;
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);

  inbox = malloc(READ_BYTES);
  for (int v = 0; v < VARIANTS; v++) {
    size_t bytes = (size_t)size * (depth + 1);
    content[v] = malloc(bytes);
    for (size_t i = 0; i < bytes; i++) content[v][i] = (char)('A' + v + (i % size) % 23);
  }

  poller = epoll_create1(0);
  connection *all = calloc(count, sizeof *all);
  uint64_t start = now();
  for (int i = 0; i < count; i++) {
    all[i].fd = -1;
    all[i].sentAt = calloc(depth, sizeof *all[i].sentAt);
    if (!openConnection(&all[i])) {
      perror("netload: connect");
      if (i == 0) return 1;
      errors++;
    }
  }
  double openMs = (now() - start) / 1e6;

  // The first fifth (at most a second) warms up and is not counted.
  uint64_t warmEnd = start + (uint64_t)((seconds * 0.2 > 1 ? 1 : seconds * 0.2) * 1e9);
  uint64_t end = start + (uint64_t)(seconds * 1e9), from = start, t;
  int warming = mode == STEADY;
  static struct epoll_event events[1024];
  while ((t = now()) < end) {
    if (warming && t >= warmEnd) {
      warming = 0;
      memset(histogram, 0, sizeof histogram);
      counted = 0;
      from = t;
    }
    int ready = epoll_wait(poller, events, 1024, 20);
    for (int i = 0; i < ready; i++) onEvent(events[i].data.ptr);
    if (mode == STEADY && alive == 0 && closed == opened) break;
    if (mode == CHURN && closed == opened && opened >= maxOpened) break;
  }
  double elapsed = (now() - from) / 1e9;
  printf("{\"conns\":%d,\"size\":%u,\"depth\":%u,\"secs\":%.3f,\"n\":%llu,\"rps\":%.0f,"
         "\"p50us\":%.1f,\"p99us\":%.1f,\"p999us\":%.1f,\"answers\":%llu,\"opened\":%llu,"
         "\"closed\":%llu,\"resets\":%llu,\"alive\":%llu,\"errors\":%llu,\"corrupt\":%llu,"
         "\"open_ms\":%.1f}\n",
         count, size, depth, elapsed, (unsigned long long)counted, counted / elapsed,
         percentileUs(.5), percentileUs(.99), percentileUs(.999), (unsigned long long)answers,
         (unsigned long long)opened, (unsigned long long)closed, (unsigned long long)resets,
         (unsigned long long)alive, (unsigned long long)errors, (unsigned long long)corrupt, openMs);
  return answers == 0;
}
