/** The words and signs of jobs and workers. */

import {
  Ban,
  Check,
  CirclePause,
  Clock,
  DoorOpen,
  LoaderCircle,
  Moon,
  OctagonX,
  Play,
  Unplug,
  X,
} from "lucide-react";
import type { JobView, WorkerView } from "@/lib/views";
import type { Look } from "@/ui/states";
import { words } from "@/words";

const { jobs, worker } = words.monitor;

export const JOB_LOOKS: Readonly<Record<JobView["status"], Look>> = {
  queued: { word: jobs.states.queued, icon: Clock, tone: "quiet" },
  claimed: { word: jobs.states.claimed, icon: Play, tone: "active" },
  completed: { word: jobs.states.completed, icon: Check, tone: "done" },
  failed: { word: jobs.states.failed, icon: X, tone: "fail" },
  lost: { word: jobs.states.lost, icon: Unplug, tone: "wait" },
  cancelled: { word: jobs.states.cancelled, icon: Ban, tone: "quiet" },
  dead: { word: jobs.states.dead, icon: OctagonX, tone: "fail" },
};

export const WORKER_LOOKS: Readonly<Record<WorkerView["status"], Look>> = {
  registered: { word: worker.states.registered, icon: Moon, tone: "quiet" },
  busy: { word: worker.states.busy, icon: LoaderCircle, tone: "active" },
  idle: { word: worker.states.idle, icon: Moon, tone: "quiet" },
  draining: { word: worker.states.draining, icon: CirclePause, tone: "wait" },
  gone: { word: worker.states.gone, icon: DoorOpen, tone: "quiet" },
  lost: { word: worker.states.lost, icon: Unplug, tone: "fail" },
};

/** The end of an id, where ids of one moment differ: enough to tell two apart by eye. */
export function shortId(id: string): string {
  return id.length > 8 ? id.slice(-8) : id;
}
