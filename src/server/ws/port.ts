/** Where clients arrive. */
export interface Address {
  host: string
  /** 0 takes a free one. */
  port: number
  /** Lets other processes listen on the same port; the kernel spreads the connections. */
  shared?: boolean
}

/** A port that is open. Those who are there may finish where it is shut first. */
export interface OpenPort {
  port: number
  /** Takes no more clients. */
  shut(): void
  /** Ends what is left. */
  close(): void
}
