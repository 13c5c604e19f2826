-- All prompts are there.

DROP TABLE prompt;
ALTER TABLE prompt_new RENAME TO prompt;
