// The part of libpcap's interface that the core names. There is no network: no device is found.
#pragma once

#include <sys/time.h>
#include <sys/types.h>

#define PCAP_ERRBUF_SIZE 256

struct pcap;

struct pcap_if {
    struct pcap_if *next;
    char *name;
    char *description;
};
typedef struct pcap_if pcap_if_t;

struct pcap_pkthdr {
    struct timeval ts;
    unsigned int caplen;
    unsigned int len;
};

typedef void (*pcap_handler)(unsigned char *, const struct pcap_pkthdr *, const unsigned char *);

inline int pcap_findalldevs(pcap_if_t **devices, char *)
{
    *devices = 0;
    return -1;
}

inline void pcap_freealldevs(pcap_if_t *) {}

inline struct pcap *pcap_open_live(const char *, int, int, int, char *)
{
    return 0;
}

inline void pcap_close(struct pcap *) {}

inline int pcap_setnonblock(struct pcap *, int, char *)
{
    return -1;
}

inline int pcap_sendpacket(struct pcap *, const unsigned char *, int)
{
    return -1;
}

inline int pcap_dispatch(struct pcap *, int, pcap_handler, unsigned char *)
{
    return -1;
}

inline void pcap_breakloop(struct pcap *) {}
