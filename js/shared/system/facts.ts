/** What the kernel says of machine and disk. Shares are from 0 to 1, sizes in bytes. */

export interface Swatched {
  id: string;
  name: string;
  colour: number;
}

export interface GpuFacts {
  name: string;
  busy: number | null;
  used: number | null;
  total: number | null;
  temperature: number | null;
}

export interface ProcessFacts {
  pid: number;
  sims: Swatched[];
  launcher: string;
  n: number;
  cpu: number | null;
  memory: number;
  gpu_memory: number | null;
}

export interface UsageFacts {
  clock: number;
  cpu: number;
  cores: number[];
  load: number | null;
  memory: { used: number; total: number; is_container: boolean };
  disk: { path: string; fraction: number; free: number; total: number };
  gpus: GpuFacts[];
  gpu_note: string;
  processes: ProcessFacts[];
  columns: number;
  is_new: boolean;
}

export interface DiskRow extends Swatched {
  state: string;
  n_files: number;
  media: number;
  models: number;
  logs: number;
  other: number;
  total: number;
}

export interface DiskFacts {
  rows: DiskRow[];
  n_simulations: number;
  not_listed: number;
  largest: number;
  database: number;
  resources: number;
  leftover: number;
  other: number;
  total: number;
  n_files: number;
}

export interface PruneFacts {
  n: number;
  n_kept: number;
  bytes: number;
  n_simulations: number;
  some: { name: string; n: number; bytes: number }[];
  n_refused: number;
  refused: string;
  call: string;
}
