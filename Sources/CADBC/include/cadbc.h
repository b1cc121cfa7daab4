// The C interfaces through which Kith talks to SQL engines.
//
// - Arrow C data interface and C stream interface
//   (https://arrow.apache.org/docs/format/CDataInterface.html, CStreamInterface.html)
// - ADBC 1.1 driver table (https://arrow.apache.org/adbc/current/cpp/api/adbc.html)
//
// Only the structures are declared: drivers are loaded at run time, so nothing is linked. The
// order and the types of the members are the binary interface and must not be changed.
#ifndef KITH_CADBC_H
#define KITH_CADBC_H

#include <stddef.h>
#include <stdint.h>

// MARK: Arrow C data interface

#define ARROW_FLAG_DICTIONARY_ORDERED 1
#define ARROW_FLAG_NULLABLE 2
#define ARROW_FLAG_MAP_KEYS_SORTED 4

struct ArrowSchema {
  const char *format;
  const char *name;
  const char *metadata;
  int64_t flags;
  int64_t n_children;
  struct ArrowSchema **children;
  struct ArrowSchema *dictionary;
  void (*release)(struct ArrowSchema *);
  void *private_data;
};

struct ArrowArray {
  int64_t length;
  int64_t null_count;
  int64_t offset;
  int64_t n_buffers;
  int64_t n_children;
  const void **buffers;
  struct ArrowArray **children;
  struct ArrowArray *dictionary;
  void (*release)(struct ArrowArray *);
  void *private_data;
};

struct ArrowArrayStream {
  int (*get_schema)(struct ArrowArrayStream *, struct ArrowSchema *);
  int (*get_next)(struct ArrowArrayStream *, struct ArrowArray *);
  const char *(*get_last_error)(struct ArrowArrayStream *);
  void (*release)(struct ArrowArrayStream *);
  void *private_data;
};

// MARK: ADBC 1.1

typedef uint8_t AdbcStatusCode;

#define ADBC_STATUS_OK 0
#define ADBC_STATUS_UNKNOWN 1
#define ADBC_STATUS_NOT_IMPLEMENTED 2
#define ADBC_STATUS_CANCELLED 11

#define ADBC_VERSION_1_0_0 1000000
#define ADBC_VERSION_1_1_0 1001000

struct AdbcDriver;
struct AdbcPartitions;

struct AdbcError {
  char *message;
  int32_t vendor_code;
  char sqlstate[5];
  void (*release)(struct AdbcError *);
  void *private_data;
  struct AdbcDriver *private_driver;
};

struct AdbcErrorDetail {
  const char *key;
  const uint8_t *value;
  size_t value_length;
};

struct AdbcDatabase {
  void *private_data;
  struct AdbcDriver *private_driver;
};

struct AdbcConnection {
  void *private_data;
  struct AdbcDriver *private_driver;
};

struct AdbcStatement {
  void *private_data;
  struct AdbcDriver *private_driver;
};

typedef struct AdbcDatabase AdbcDatabase_;
typedef struct AdbcConnection AdbcConnection_;
typedef struct AdbcStatement AdbcStatement_;
typedef struct AdbcError AdbcError_;

struct AdbcDriver {
  void *private_data;
  void *private_manager;
  AdbcStatusCode (*release)(struct AdbcDriver *, AdbcError_ *);

  AdbcStatusCode (*DatabaseInit)(AdbcDatabase_ *, AdbcError_ *);
  AdbcStatusCode (*DatabaseNew)(AdbcDatabase_ *, AdbcError_ *);
  AdbcStatusCode (*DatabaseSetOption)(AdbcDatabase_ *, const char *, const char *, AdbcError_ *);
  AdbcStatusCode (*DatabaseRelease)(AdbcDatabase_ *, AdbcError_ *);

  AdbcStatusCode (*ConnectionCommit)(AdbcConnection_ *, AdbcError_ *);
  AdbcStatusCode (*ConnectionGetInfo)(AdbcConnection_ *, const uint32_t *, size_t,
                                      struct ArrowArrayStream *, AdbcError_ *);
  AdbcStatusCode (*ConnectionGetObjects)(AdbcConnection_ *, int, const char *, const char *,
                                         const char *, const char **, const char *,
                                         struct ArrowArrayStream *, AdbcError_ *);
  AdbcStatusCode (*ConnectionGetTableSchema)(AdbcConnection_ *, const char *, const char *,
                                             const char *, struct ArrowSchema *, AdbcError_ *);
  AdbcStatusCode (*ConnectionGetTableTypes)(AdbcConnection_ *, struct ArrowArrayStream *,
                                            AdbcError_ *);
  AdbcStatusCode (*ConnectionInit)(AdbcConnection_ *, AdbcDatabase_ *, AdbcError_ *);
  AdbcStatusCode (*ConnectionNew)(AdbcConnection_ *, AdbcError_ *);
  AdbcStatusCode (*ConnectionSetOption)(AdbcConnection_ *, const char *, const char *,
                                        AdbcError_ *);
  AdbcStatusCode (*ConnectionReadPartition)(AdbcConnection_ *, const uint8_t *, size_t,
                                            struct ArrowArrayStream *, AdbcError_ *);
  AdbcStatusCode (*ConnectionRelease)(AdbcConnection_ *, AdbcError_ *);
  AdbcStatusCode (*ConnectionRollback)(AdbcConnection_ *, AdbcError_ *);

  AdbcStatusCode (*StatementBind)(AdbcStatement_ *, struct ArrowArray *, struct ArrowSchema *,
                                  AdbcError_ *);
  AdbcStatusCode (*StatementBindStream)(AdbcStatement_ *, struct ArrowArrayStream *,
                                        AdbcError_ *);
  AdbcStatusCode (*StatementExecuteQuery)(AdbcStatement_ *, struct ArrowArrayStream *, int64_t *,
                                          AdbcError_ *);
  AdbcStatusCode (*StatementExecutePartitions)(AdbcStatement_ *, struct ArrowSchema *,
                                               struct AdbcPartitions *, int64_t *, AdbcError_ *);
  AdbcStatusCode (*StatementGetParameterSchema)(AdbcStatement_ *, struct ArrowSchema *,
                                                AdbcError_ *);
  AdbcStatusCode (*StatementNew)(AdbcConnection_ *, AdbcStatement_ *, AdbcError_ *);
  AdbcStatusCode (*StatementPrepare)(AdbcStatement_ *, AdbcError_ *);
  AdbcStatusCode (*StatementRelease)(AdbcStatement_ *, AdbcError_ *);
  AdbcStatusCode (*StatementSetOption)(AdbcStatement_ *, const char *, const char *, AdbcError_ *);
  AdbcStatusCode (*StatementSetSqlQuery)(AdbcStatement_ *, const char *, AdbcError_ *);
  AdbcStatusCode (*StatementSetSubstraitPlan)(AdbcStatement_ *, const uint8_t *, size_t,
                                              AdbcError_ *);

  // Added by ADBC 1.1.0.
  int (*ErrorGetDetailCount)(const AdbcError_ *);
  struct AdbcErrorDetail (*ErrorGetDetail)(const AdbcError_ *, int);
  const AdbcError_ *(*ErrorFromArrayStream)(struct ArrowArrayStream *, AdbcStatusCode *);
  AdbcStatusCode (*DatabaseGetOption)(AdbcDatabase_ *, const char *, char *, size_t *,
                                      AdbcError_ *);
  AdbcStatusCode (*DatabaseGetOptionBytes)(AdbcDatabase_ *, const char *, uint8_t *, size_t *,
                                           AdbcError_ *);
  AdbcStatusCode (*DatabaseGetOptionDouble)(AdbcDatabase_ *, const char *, double *, AdbcError_ *);
  AdbcStatusCode (*DatabaseGetOptionInt)(AdbcDatabase_ *, const char *, int64_t *, AdbcError_ *);
  AdbcStatusCode (*DatabaseSetOptionBytes)(AdbcDatabase_ *, const char *, const uint8_t *, size_t,
                                           AdbcError_ *);
  AdbcStatusCode (*DatabaseSetOptionDouble)(AdbcDatabase_ *, const char *, double, AdbcError_ *);
  AdbcStatusCode (*DatabaseSetOptionInt)(AdbcDatabase_ *, const char *, int64_t, AdbcError_ *);
  AdbcStatusCode (*ConnectionCancel)(AdbcConnection_ *, AdbcError_ *);
  AdbcStatusCode (*ConnectionGetOption)(AdbcConnection_ *, const char *, char *, size_t *,
                                        AdbcError_ *);
  AdbcStatusCode (*ConnectionGetOptionBytes)(AdbcConnection_ *, const char *, uint8_t *, size_t *,
                                             AdbcError_ *);
  AdbcStatusCode (*ConnectionGetOptionDouble)(AdbcConnection_ *, const char *, double *,
                                              AdbcError_ *);
  AdbcStatusCode (*ConnectionGetOptionInt)(AdbcConnection_ *, const char *, int64_t *,
                                           AdbcError_ *);
  AdbcStatusCode (*ConnectionGetStatistics)(AdbcConnection_ *, const char *, const char *,
                                            const char *, char, struct ArrowArrayStream *,
                                            AdbcError_ *);
  AdbcStatusCode (*ConnectionGetStatisticNames)(AdbcConnection_ *, struct ArrowArrayStream *,
                                                AdbcError_ *);
  AdbcStatusCode (*ConnectionSetOptionBytes)(AdbcConnection_ *, const char *, const uint8_t *,
                                             size_t, AdbcError_ *);
  AdbcStatusCode (*ConnectionSetOptionDouble)(AdbcConnection_ *, const char *, double,
                                              AdbcError_ *);
  AdbcStatusCode (*ConnectionSetOptionInt)(AdbcConnection_ *, const char *, int64_t, AdbcError_ *);
  AdbcStatusCode (*StatementCancel)(AdbcStatement_ *, AdbcError_ *);
  AdbcStatusCode (*StatementExecuteSchema)(AdbcStatement_ *, struct ArrowSchema *, AdbcError_ *);
  AdbcStatusCode (*StatementGetOption)(AdbcStatement_ *, const char *, char *, size_t *,
                                       AdbcError_ *);
  AdbcStatusCode (*StatementGetOptionBytes)(AdbcStatement_ *, const char *, uint8_t *, size_t *,
                                            AdbcError_ *);
  AdbcStatusCode (*StatementGetOptionDouble)(AdbcStatement_ *, const char *, double *,
                                             AdbcError_ *);
  AdbcStatusCode (*StatementGetOptionInt)(AdbcStatement_ *, const char *, int64_t *, AdbcError_ *);
  AdbcStatusCode (*StatementSetOptionBytes)(AdbcStatement_ *, const char *, const uint8_t *,
                                            size_t, AdbcError_ *);
  AdbcStatusCode (*StatementSetOptionDouble)(AdbcStatement_ *, const char *, double, AdbcError_ *);
  AdbcStatusCode (*StatementSetOptionInt)(AdbcStatement_ *, const char *, int64_t, AdbcError_ *);
};

// The entry point of a driver's shared library.
typedef AdbcStatusCode (*KithDriverInit)(int version, void *driver, AdbcError_ *error);

#endif
