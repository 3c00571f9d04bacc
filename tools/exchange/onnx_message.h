/* SPDX-License-Identifier: MIT */
/* onnx_message.h: builds ONNX messages: memory freed together, nodes and texts. */
#ifndef EXCHANGE_ONNX_MESSAGE_H
#define EXCHANGE_ONNX_MESSAGE_H

#include "base/text.h"

#include <descender.h>

#if DESCENDER_WITH_PROTOBUF

#include "onnx.pb-c.h"

/* ONNX's element types. */
enum {
    ONNX_FLOAT = 1,
    ONNX_UINT8 = 2,
    ONNX_INT8 = 3,
    ONNX_UINT16 = 4,
    ONNX_INT16 = 5,
    ONNX_INT32 = 6,
    ONNX_INT64 = 7,
    ONNX_BOOL = 9,
    ONNX_FLOAT16 = 10,
    ONNX_DOUBLE = 11,
    ONNX_UINT32 = 12,
    ONNX_UINT64 = 13,
    ONNX_BFLOAT16 = 16
};
/* Types of attributes. */
enum { ONNX_ATTRIBUTE_FLOAT = 1, ONNX_ATTRIBUTE_INT = 2, ONNX_ATTRIBUTE_TEXT = 3, ONNX_ATTRIBUTE_INTS = 7 };

/* Memory that lives until onnx_pool_free; starts as {0}. After a failed allocation `failed` stays set. */
typedef struct onnx_block onnx_block;
typedef struct onnx_pool {
    onnx_block *blocks;
    bool failed;
} onnx_pool;
/* Zeroed; NULL without memory. */
void *onnx_take(onnx_pool *pool, size_t count, size_t size);
char *onnx_take_text(onnx_pool *pool, const char *format, ...) DSC_PRINTF(2, 3);
void onnx_pool_free(onnx_pool *pool);

/* A graph under construction. Lists grow; the pool owns their contents. */
typedef struct onnx_making {
    onnx_pool pool;
    Onnx__Graph graph;
    size_t nodes_most, initializers_most;
} onnx_making;
void onnx_making_free(onnx_making *making);

/* Add a node or attribute; NULL without memory. */
Onnx__Node *onnx_add_node(onnx_making *making, const char *type, const char *name, size_t inputs,
                          size_t outputs);
Onnx__Attribute *onnx_add_attribute(onnx_making *making, Onnx__Node *node, const char *name, int type);
/* Adds an initializer of that shape; `bytes` is not copied and must outlive the message. */
Onnx__Tensor *onnx_add_initializer(onnx_making *making, const char *name, int type, const dsc_shape *shape,
                                   const void *bytes, size_t size);

/* Adds the nodes of an op's lines (see dsc_write_line). in[i] and out[i] are the names of its values; `base`
 * is the prefix of the op's internal names. DSC_ERROR_FORMAT: a line is invalid. */
dsc_status onnx_add_lines(onnx_making *making, const char *lines, const char *op, const char *base,
                          const char *const *in, size_t inputs, const char *const *out, size_t outputs,
                          dsc_error *error);

#endif
#endif
