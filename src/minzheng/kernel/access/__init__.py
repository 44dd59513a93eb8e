"""Who may see what and do what: officials, posts, the actor of a transaction, permissions.

The database enforces the subtree of divisions by row-level security keyed to the transaction's actor; the screens only
reflect it. Models are in `models`, verbs that change officials and posts in `actions`, readings in `queries`.
"""

from minzheng.kernel.access.acting import acting, acting_as_resident, acting_as_service
from minzheng.kernel.access.actor import OFFICIAL, RESIDENT, SERVICE, Actor, current_actor, scope_of
from minzheng.kernel.access.errors import (
    LimitExceeded,
    NotPermitted,
    PostNotInForce,
    UnknownPermission,
    Widening,
)
from minzheng.kernel.access.permissions import (
    may,
    permission_names,
    permissions_of,
    require,
    role_name,
    roles,
)

__all__ = [
    "OFFICIAL",
    "RESIDENT",
    "SERVICE",
    "Actor",
    "LimitExceeded",
    "NotPermitted",
    "PostNotInForce",
    "UnknownPermission",
    "Widening",
    "acting",
    "acting_as_resident",
    "acting_as_service",
    "current_actor",
    "may",
    "permission_names",
    "permissions_of",
    "require",
    "role_name",
    "roles",
    "scope_of",
]
