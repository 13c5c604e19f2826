-- An index for the groups of a user.

CREATE INDEX ix_group_member_user_id_group_id ON group_member (user_id, group_id);
