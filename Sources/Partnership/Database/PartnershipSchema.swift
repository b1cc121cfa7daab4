import GRDB

/// The tables of a partnership.
enum PartnershipSchema {
  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1") { db in
      try db.execute(
        sql: """
          create table note (name text primary key, value text not null) strict, without rowid;

          -- What stands now. `fields` and `consents` are JSON; the columns beside them are made from them for lists.
          create table record (
            number integer primary key autoincrement, id text not null unique, kind text not null,
            version integer not null, state text not null, merged_into integer references record,
            fields text not null, consents text not null,
            title text not null, summary text not null, audience integer not null,
            organisation integer, shown_organisation integer, pillars text not null,
            created_at text not null, created_by text not null, changed_at text not null,
            assured_at text, assured_by text, assured_version integer, review_due text not null,
            source text, source_id text, source_day text) strict;
          create index record_kind on record (kind, state, title collate nocase);
          create index record_due on record (kind, state, review_due);
          create index record_organisation on record (shown_organisation, kind, state);
          create index record_changed on record (changed_at);
          create unique index record_source on record (source, kind, source_id) where source is not null;

          -- One thing that somebody did: one or more revisions.
          create table batch (
            number integer primary key autoincrement, at text not null, account text not null,
            name text not null, action text not null, reason text, undoes integer, undone_by integer) strict;
          -- What a record held from a batch on.
          create table revision (
            record integer not null references record, version integer not null,
            batch integer not null references batch, state text not null, merged_into integer,
            fields text not null, consents text not null,
            primary key (record, version)) strict, without rowid;
          create index revision_batch on revision (batch);
          -- Somebody looked and found that it holds.
          create table assurance (
            number integer primary key, record integer not null references record,
            version integer not null, at text not null, account text not null, name text not null,
            reason text) strict;
          create index assurance_record on assurance (record);
          -- What somebody wanted to save and another had been quicker.
          create table waiting_edit (
            number integer primary key, record integer not null references record,
            base integer not null, fields text not null, consents text not null, at text not null,
            account text not null, name text not null, settled text) strict;
          create index waiting_edit_record on waiting_edit (record) where settled is null;

          -- What somebody who need not have an account says is wrong; how to reach them is kept until it is settled.
          create table correction (
            number integer primary key autoincrement, record integer not null references record,
            text text not null, contact text, at text not null, settled_at text, settled_by text,
            outcome text, answer text) strict;
          create index correction_open on correction (record) where settled_at is null;

          -- What a source last said of a record, and its own text.
          create table imported (
            record integer primary key references record, fields text not null, original text) strict;

          -- Made from records, for search, filters and maps.
          create table link (
            source integer not null, role text not null, target integer not null, audience integer not null,
            primary key (source, role, target)) strict, without rowid;
          create index link_target on link (target, role);
          create table facet (
            record integer not null, name text not null, value text not null collate nocase,
            audience integer not null, primary key (name, value, record)) strict, without rowid;
          create index facet_record on facet (record);
          create table place (
            record integer not null, line integer not null, latitude real, longitude real,
            is_rough integer not null, postcode text, id text not null, primary key (record, line)) strict, without rowid;
          create index place_id on place (id);
          create index place_latitude on place (latitude, longitude);
          create virtual table search using fts5(
            title, open, partners, tokenize = 'porter unicode61 remove_diacritics 2');
          """)
    }
    migrator.registerMigration("2") { db in
      try db.execute(
        sql: """
          -- Which records were written when, so that what is held in memory can follow, whoever wrote.
          create table pulse (number integer not null) strict;
          insert into pulse values (1);
          create table touched (record integer primary key, at integer not null) strict;
          create index touched_at on touched (at);
          create trigger touch_added after insert on record begin
            update pulse set number = number + 1;
            insert or replace into touched values (new.number, (select number from pulse));
          end;
          create trigger touch_changed after update on record begin
            update pulse set number = number + 1;
            insert or replace into touched values (new.number, (select number from pulse));
          end;
          """)
    }
    migrator.registerMigration("3") { db in
      try db.execute(
        sql: """
          -- How somebody scored a priority in a round; the last of several stands.
          create table score (
            number integer primary key, round integer not null references record, turn integer not null,
            candidate integer not null, criterion text not null, team text not null, people integer not null,
            account text not null, value integer not null, at text not null) strict;
          create index score_round on score (round, turn);
          """)
    }
    migrator.registerMigration("4") { db in
      try db.execute(
        sql: """
          -- The photographs that records show, made from them.
          create table photograph (
            name text not null, record integer not null, primary key (name, record)) strict, without rowid;
          create index photograph_record on photograph (record);
          -- Pairs that may be of the same thing, as they were found last; and those that somebody knows to be two.
          create table duplicate (
            kind text not null, one integer not null, other integer not null, probability real not null,
            primary key (kind, one, other)) strict, without rowid;
          create table apart (
            one integer not null, other integer not null, account text not null, at text not null,
            primary key (one, other)) strict, without rowid;
          """)
    }
    migrator.registerMigration("5") { db in
      try db.execute(
        sql: """
          -- The turns of rounds that have ended, each time, and the scores that were shown from then on: what has been
          -- shown once is not worked out again.
          create table turn_end (
            number integer primary key, round integer not null references record, turn integer not null) strict;
          create index turn_end_round on turn_end (round);
          create table shown_score (
            turn_end integer not null references turn_end on delete cascade, candidate integer not null,
            criterion text not null, team text not null, people integer not null, value integer not null) strict;
          create index shown_score_end on shown_score (turn_end);
          """)
      try Partnership.endTurnsOfBefore(db)
    }
    return migrator
  }
}
