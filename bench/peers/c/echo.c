// echo: a single-threaded epoll echo server, the reference for what one core can do.
//
// usage: echo [port]        (0, the default, picks a free port)
//
// Prints {"listening":"127.0.0.1:PORT"} and serves until it is killed or its parent dies.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

static int listenOn(int port) {
  int one = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  struct sockaddr_in address = {
      .sin_family = AF_INET,
      .sin_port = htons(port),
      .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
  };
  if (bind(fd, (void *)&address, sizeof address) || listen(fd, 4096)) {
    perror("bind");
    exit(1);
  }
  socklen_t length = sizeof address;
  getsockname(fd, (void *)&address, &length);
  printf("{\"listening\":\"127.0.0.1:%d\"}\n", ntohs(address.sin_port));
  fflush(stdout);
  return fd;
}

static void acceptAll(int poll, int listener) {
  int one = 1, fd;
  while ((fd = accept4(listener, 0, 0, SOCK_NONBLOCK)) >= 0) {
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
    epoll_ctl(poll, EPOLL_CTL_ADD, fd, &event);
  }
}

static void echo(int fd) {
  static char buffer[1 << 16];
  ssize_t got = read(fd, buffer, sizeof buffer);
  if (got <= 0) {
    if (got == 0 || errno != EAGAIN) close(fd);
    return;
  }
  // A full send buffer is waited out by trying again: good enough for a peer whose client reads.
  for (ssize_t sent = 0; sent < got;) {
    ssize_t now = send(fd, buffer + sent, got - sent, MSG_NOSIGNAL);
    if (now > 0) sent += now;
    else if (errno != EAGAIN) return;
  }
}

int main(int argc, char **argv) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  struct rlimit files;
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);

  int listener = listenOn(argc > 1 ? atoi(argv[1]) : 0);
  int poll = epoll_create1(0);
  struct epoll_event event = {.events = EPOLLIN, .data.fd = listener}, events[512];
  epoll_ctl(poll, EPOLL_CTL_ADD, listener, &event);
  for (;;) {
    int ready = epoll_wait(poll, events, 512, -1);
    for (int i = 0; i < ready; i++) {
      if (events[i].data.fd == listener) acceptAll(poll, listener);
      else echo(events[i].data.fd);
    }
  }
}
