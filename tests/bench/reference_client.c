/*
 * The least a client can do: epoll, one read at a time, a time stamp per read, count the events.
 * It is the bound that bench:client compares with, not a benchmark client.
 *
 *   reference_client PORT STREAMS  →  {"events": n, "cpuS": s}
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { READ_BYTES = 65536, TAIL_BYTES = 4096 };

struct stream {
  int fd;
  size_t tail_length; /* bytes of an unfinished event */
  char tail[TAIL_BYTES];
};

static const char END_MARK[] = "data: [DONE]";

static double cpu_seconds(void) {
  struct rusage u;
  getrusage(RUSAGE_SELF, &u);
  return u.ru_utime.tv_sec + u.ru_stime.tv_sec + (u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

static void open_stream(struct stream *s, int epoll, int port) {
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  int on = 1;
  s->fd = socket(AF_INET, SOCK_STREAM, 0);
  if (s->fd < 0 || connect(s->fd, (struct sockaddr *)&to, sizeof to) != 0) {
    perror("connect");
    exit(1);
  }
  setsockopt(s->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  static const char body[] = "{\"model\":\"m\",\"stream\":true,\"messages\":[],\"max_tokens\":1}";
  char request[512];
  int length = snprintf(request, sizeof request,
                        "POST /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: %zu\r\n\r\n%s",
                        strlen(body), body);
  if (send(s->fd, request, length, 0) != length) {
    perror("send");
    exit(1);
  }
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = s};
  epoll_ctl(epoll, EPOLL_CTL_ADD, s->fd, &event);
}

/* Counts the events in tail + read, keeps what is unfinished. Returns 1 when the end mark was seen. */
static int take(struct stream *s, char *bytes, size_t length, long *events) {
  char *at = bytes, *end = bytes + length, *blank;
  int ended = 0;
  while ((blank = memmem(at, end - at, "\n\n", 2)) != NULL) {
    char *data = memmem(at, blank - at, "data: ", 6);
    if (data != NULL && strncmp(data, END_MARK, sizeof END_MARK - 1) == 0) ended = 1;
    else if (data != NULL) (*events)++;
    at = blank + 2;
  }
  s->tail_length = (size_t)(end - at) < TAIL_BYTES ? (size_t)(end - at) : TAIL_BYTES;
  memcpy(s->tail, end - s->tail_length, s->tail_length);
  return ended;
}

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  int port = atoi(argv[1]), streams = atoi(argv[2]), open = streams, epoll = epoll_create1(0);
  struct stream *all = calloc(streams, sizeof *all);
  static char bytes[TAIL_BYTES + READ_BYTES];
  static struct epoll_event ready[512];
  long events = 0;
  double before = cpu_seconds();
  for (int i = 0; i < streams; i++) open_stream(&all[i], epoll, port);
  while (open > 0) {
    int count = epoll_wait(epoll, ready, 512, -1);
    for (int i = 0; i < count; i++) {
      struct stream *s = ready[i].data.ptr;
      memcpy(bytes, s->tail, s->tail_length);
      ssize_t length = recv(s->fd, bytes + s->tail_length, READ_BYTES, 0);
      struct timespec stamp;
      clock_gettime(CLOCK_MONOTONIC, &stamp);
      if (length <= 0 || take(s, bytes, s->tail_length + length, &events)) {
        close(s->fd);
        open--;
      }
    }
  }
  printf("{\"events\": %ld, \"cpuS\": %.6f}\n", events, cpu_seconds() - before);
  return 0;
}
