/** What a screen shows, dot by dot. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  /** Red, green, blue, alpha; rows from the top. */
  readonly rgba: Uint8Array;
}
