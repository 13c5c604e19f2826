-- Pinned notes; revision 41 moves them to a table.

ALTER TABLE note ADD COLUMN is_pinned BOOLEAN;
