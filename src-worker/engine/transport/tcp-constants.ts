/** Constants of TCP as Linux has them. Times in nanoseconds. */

/** include/net/tcp.h, TCP_INIT_CWND (RFC 6928), segments. */
export const INITIAL_WINDOW = 10
/** include/net/tcp.h, TCP_TIMEOUT_INIT (RFC 6298, section 2.1). */
export const INITIAL_RTO_NS = 1_000_000_000
/** include/net/tcp.h, TCP_RTO_MIN: the least that is added to the smoothed round-trip time. */
export const MIN_RTO_NS = 200_000_000
/** include/net/tcp.h, TCP_RTO_MAX. */
export const MAX_RTO_NS = 120_000_000_000
/** include/net/tcp.h, TCP_DELACK_MIN. */
export const DELAYED_ACK_NS = 40_000_000
/** include/net/tcp.h, TCP_MAX_QUICKACKS: acknowledgements sent at once while a connection starts. */
export const QUICK_ACKS = 16
/** RFC 6675, DupThresh: segments acknowledged above a hole before it counts as lost. */
export const DUPLICATE_THRESHOLD = 3
/** net/ipv4/tcp_output.c, sysctl_tcp_limit_output_bytes (1 MiB since 4.20): most that a socket keeps below itself. */
export const OUTPUT_LIMIT_BYTES = 1 << 20
/** net/ipv4/tcp.c, sk_pacing_shift: bytes below the socket are limited to pacing rate / 2^10, about a millisecond's worth. */
export const PACING_SHIFT = 10
/** net/ipv4/tcp_output.c, sysctl_tcp_tso_rtt_log: trains may be larger by gso_max >> (min RTT in µs >> 9). */
export const TSO_RTT_SHIFT = 9
/** net/ipv4/tcp_output.c, sysctl_tcp_tso_win_divisor: the share of the window that is worth sending at once. */
export const TSO_WINDOW_DIVISOR = 3
/** net/ipv4/tcp_input.c, sysctl_tcp_pacing_ss_ratio and tcp_pacing_ca_ratio. */
export const PACING_RATIO = { slowStart: 2, avoidance: 1.2 } as const
/** net/ipv4/tcp_input.c, tcp_rtt_estimator: gains of RFC 6298, 1/8 and 1/4. */
export const RTT_GAIN = { smoothed: 1 / 8, deviation: 1 / 4 } as const
/** net/ipv4/tcp_timer.c, tcp_retries2: timeouts in a row after which a connection is given up. */
export const MAX_TIMEOUTS = 15
/** net/ipv4/tcp_ipv4.c, tcp_syn_retries: a SYN is sent this many times again. */
export const MAX_SYN_TIMEOUTS = 6
