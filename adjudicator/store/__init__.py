"""The record (extra ``service``): every decision you give out and every payout on it, in SQLite or PostgreSQL.

Start with :func:`open_store`. You can decide cases without a record.
"""

from adjudicator.extras import importing

with importing("service"):
    from adjudicator.store.chain import Entry
from adjudicator.store.accesses import Access, Accesses
from adjudicator.store.checkpoints import Checkpoint
from adjudicator.store.columns import LONGEST_ID
from adjudicator.store.database import DEFAULT_URL
from adjudicator.store.decisions import DecisionStore, open_store
from adjudicator.store.erasures import Erasure, Erasures, Stage, tenants_erasing
from adjudicator.store.errors import (
    Altered,
    BadCheckpoint,
    Changed,
    Erased,
    EventsDropped,
    KeyExpired,
    KeyReused,
    NoRecord,
    NotFound,
    NotImportable,
    NotPayable,
    NotSuperseded,
    OwnRuling,
    RecordError,
    SchemaMismatch,
    StillRunning,
    TenantExists,
    TooManyJobs,
    TooManyWaiting,
    database_code,
)
from adjudicator.store.events import EventFilter, Events
from adjudicator.store.evidence_files import SEEN_FILE_DAYS, EvidenceFiles, FileUse, FileUses, expire_seen_files
from adjudicator.store.job_queue import ClaimedJob, JobQueue, LeaseLost, LineErased
from adjudicator.store.job_rows import JobLine, LineResult
from adjudicator.store.jobs import Job, JobKind, Jobs, JobState, Upload
from adjudicator.store.keys import LONGEST_OVERLAP, PREFIX, ApiKey, ApiKeys, Caller, NewKey, Scope
from adjudicator.store.leftovers import LEFTOVER_DAYS, erase_leftovers
from adjudicator.store.lookups import current_among
from adjudicator.store.payouts import Payout, PayoutStep, State
from adjudicator.store.personal import PERSONAL
from adjudicator.store.rates import Permits, Rates
from adjudicator.store.results import (
    MOST_LISTED,
    DecisionStatus,
    Filter,
    Page,
    Recorded,
    Rerun,
    Ruling,
    RulingState,
    StoredDocument,
    Summary,
)
from adjudicator.store.retention import date_answers, days_before, drop_events, expire_answers
from adjudicator.store.rulings import Rulings
from adjudicator.store.tenancy import DEFAULT_TENANT
from adjudicator.store.tenants import Tenant, Tenants, check_policy
from adjudicator.store.verification import BrokenAt
from adjudicator.store.webhooks import Webhook, Webhooks
from adjudicator.store.worklist import MOST_OPEN, History, OpenDecision, WaitingPayout

__all__ = [
    "DEFAULT_TENANT",
    "DEFAULT_URL",
    "LEFTOVER_DAYS",
    "LONGEST_ID",
    "LONGEST_OVERLAP",
    "MOST_LISTED",
    "MOST_OPEN",
    "PERSONAL",
    "PREFIX",
    "SEEN_FILE_DAYS",
    "Access",
    "Accesses",
    "Altered",
    "ApiKey",
    "ApiKeys",
    "BadCheckpoint",
    "BrokenAt",
    "Caller",
    "Changed",
    "Checkpoint",
    "ClaimedJob",
    "DecisionStatus",
    "DecisionStore",
    "Entry",
    "Erased",
    "Erasure",
    "Erasures",
    "EventFilter",
    "Events",
    "EventsDropped",
    "EvidenceFiles",
    "FileUse",
    "FileUses",
    "Filter",
    "History",
    "Job",
    "JobKind",
    "JobLine",
    "JobQueue",
    "JobState",
    "Jobs",
    "KeyExpired",
    "KeyReused",
    "LeaseLost",
    "LineErased",
    "LineResult",
    "NewKey",
    "NoRecord",
    "NotFound",
    "NotImportable",
    "NotPayable",
    "NotSuperseded",
    "OpenDecision",
    "OwnRuling",
    "Page",
    "Payout",
    "PayoutStep",
    "Permits",
    "Rates",
    "RecordError",
    "Recorded",
    "Rerun",
    "Ruling",
    "RulingState",
    "Rulings",
    "SchemaMismatch",
    "Scope",
    "Stage",
    "State",
    "StillRunning",
    "StoredDocument",
    "Summary",
    "Tenant",
    "TenantExists",
    "Tenants",
    "TooManyJobs",
    "TooManyWaiting",
    "Upload",
    "WaitingPayout",
    "Webhook",
    "Webhooks",
    "check_policy",
    "current_among",
    "database_code",
    "date_answers",
    "days_before",
    "drop_events",
    "erase_leftovers",
    "expire_answers",
    "expire_seen_files",
    "open_store",
    "tenants_erasing",
]
