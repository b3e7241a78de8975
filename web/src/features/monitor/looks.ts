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

export const JOB_LOOKS: Readonly<Record<JobView["status"], Look>> = {
  queued: { word: "Queued", icon: Clock, tone: "quiet" },
  claimed: { word: "Running", icon: Play, tone: "active" },
  completed: { word: "Completed", icon: Check, tone: "done" },
  failed: { word: "Failed", icon: X, tone: "fail" },
  lost: { word: "Lost", icon: Unplug, tone: "wait" },
  cancelled: { word: "Cancelled", icon: Ban, tone: "quiet" },
  dead: { word: "Given up", icon: OctagonX, tone: "fail" },
};

export const WORKER_LOOKS: Readonly<Record<WorkerView["status"], Look>> = {
  registered: { word: "Ready", icon: Moon, tone: "quiet" },
  busy: { word: "Working", icon: LoaderCircle, tone: "active" },
  idle: { word: "Idle", icon: Moon, tone: "quiet" },
  draining: { word: "Finishing", icon: CirclePause, tone: "wait" },
  gone: { word: "Left", icon: DoorOpen, tone: "quiet" },
  lost: { word: "Lost", icon: Unplug, tone: "fail" },
};

/** The end of an id, where ids of one moment differ: enough to tell two apart by eye. */
export function shortId(id: string): string {
  return id.length > 8 ? id.slice(-8) : id;
}
