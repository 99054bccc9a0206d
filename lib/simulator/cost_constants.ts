/**
 * The figures in the cost model, as data, so that a preset can change them.
 *
 * @module
 */

/** The constants of the model. All have been fitted to kernel tables of H200 unless they say *assumed*. */
export interface CostConstants {
  /** Floor of one matrix multiplication. */
  readonly gemmFloorUs: number;
  /** Share of peak bandwidth that small multiplications reach. */
  readonly gemmBandwidthShare: number;
  /** Share of peak operations that large multiplications reach. */
  readonly gemmFlopsShare: number;
  /** Floor of decode attention, per layer. */
  readonly decodeAttentionFloorUs: number;
  /** Growth of that floor per request and key-value head. */
  readonly decodeAttentionPerHeadUs: number;
  /** Share of peak bandwidth that decode attention reaches. */
  readonly decodeAttentionBandwidthShare: number;
  /** Floor of prefill attention, per layer. */
  readonly prefillAttentionFloorUs: number;
  /** Share of peak operations that prefill attention reaches. */
  readonly prefillAttentionFlopsShare: number;
  /** Floor of norms, rotary embedding, activation and residuals, per layer. */
  readonly elementwiseFloorUs: number;
  /** Share of peak bandwidth that element-wise kernels reach. */
  readonly elementwiseBandwidthShare: number;
  /** Latency of one all-reduce; measured 4.5–5.8 µs for SGLang's own, 9.3–11 µs for plain NCCL, on four GPUs. */
  readonly allReduceLatencyUs: number;
  /** Bandwidth of an all-reduce over NVLink, bytes per second. */
  readonly allReduceBytesPerS: number;
  /** Host time per batch, whatever its size. *Assumed.* */
  readonly cpuPerBatchMs: number;
  /** Host time per request of a decode batch. *Assumed.* */
  readonly cpuPerDecodeRequestMs: number;
  /** Host time per request of a prefill batch. *Assumed.* */
  readonly cpuPerPrefillRequestMs: number;
  /** Launching every kernel of a decode step from the host instead of replaying a graph. *Assumed.* */
  readonly eagerLaunchMs: number;
}

/** The constants as fitted; the same for all engines, since nothing shows that their kernels differ. */
export const fittedConstants: CostConstants = {
  gemmFloorUs: 4.4,
  gemmBandwidthShare: 0.83,
  gemmFlopsShare: 0.70,
  decodeAttentionFloorUs: 19,
  decodeAttentionPerHeadUs: 0.025,
  decodeAttentionBandwidthShare: 0.875,
  prefillAttentionFloorUs: 20,
  prefillAttentionFlopsShare: 0.60,
  elementwiseFloorUs: 12,
  elementwiseBandwidthShare: 0.8,
  allReduceLatencyUs: 7,
  allReduceBytesPerS: 323e9,
  cpuPerBatchMs: 0.6,
  cpuPerDecodeRequestMs: 0.006,
  cpuPerPrefillRequestMs: 0.024,
  eagerLaunchMs: 4,
};
