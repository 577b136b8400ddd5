// TYPEOF, UUID, the current names.
#include <array>
#include <random>

#include "runtime/expr/kernels.hpp"

namespace millrace::expr {

namespace {

using Text = std::string_view;

// The type as a text that says everything: VARCHAR(2147483647) for STRING.
std::string serializable_text(const LogicalType& type) {
  const std::string end = type.nullable() ? "" : " NOT NULL";
  if (type.is_nested()) {
    std::string list;
    for (const data::NestedField& field : type.fields()) {
      if (type.is(TypeKind::multiset) && !list.empty()) break;
      if (!list.empty()) list += ", ";
      if (type.is(TypeKind::row)) list += "`" + field.name + "` ";
      list += serializable_text(field.type);
    }
    return type.root_text() + "<" + list + ">" + end;
  }
  if (type.is(TypeKind::varchar) || type.is(TypeKind::varbinary)) {
    return type.root_text() + "(" + std::to_string(type.length()) + ")" + end;
  }
  if (type.is(TypeKind::timestamp_ltz)) {
    return "TIMESTAMP(" + std::to_string(type.precision()) + ") WITH LOCAL TIME ZONE" + end;
  }
  return type.text();
}

Result<Signature> infer_typeof(std::span<const ExprPtr> args) {
  Signature signature{{args[0]->type}, LogicalType::string()};
  if (args.size() == 2) {
    if (!args[1]->type.is(TypeKind::boolean) || args[1]->kind != Expr::Kind::literal) {
      return no_match();
    }
    signature.args.push_back(args[1]->type);
  }
  return signature;
}

Result<ColumnPtr> type_of(const Expr& call, const data::Batch& batch, Context&) {
  const LogicalType& type = call.args[0]->type;
  const bool all = call.args.size() == 2 && call.args[1]->literal == data::Value(true);
  const std::string text = type.is(TypeKind::null) ? "NULL"
                           : all                   ? serializable_text(type)
                                                   : type.text();
  return data::share(Column::constant(call.type, text, batch.rows));
}

// RFC 4122, version 4.
Result<ColumnPtr> uuid(const Expr& call, const data::Batch& batch, Context&) {
  static thread_local std::mt19937_64 source{std::random_device{}()};
  Column out = Column::of_size(call.type, batch.rows);
  auto arena = std::make_shared<data::Arena>();
  for (Text& cell : out.cells<Text>()) {
    std::string text;
    std::uint64_t bits = 0;
    for (int i = 0; i < 32; ++i) {
      if (i % 16 == 0) bits = source();
      if (i == 8 || i == 12 || i == 16 || i == 20) text += '-';
      auto digit = static_cast<unsigned>(bits & 15U);
      if (i == 12) digit = 4;
      if (i == 16) digit = 8U | (digit & 3U);
      text += "0123456789abcdef"[digit];
      bits >>= 4U;
    }
    cell = arena->copy(text);
  }
  out.keep_alive(arena);
  return data::share(std::move(out));
}

Result<Signature> infer_uuid(std::span<const ExprPtr>) {
  return Signature{{}, LogicalType::character(36).not_null()};
}

Result<Signature> infer_name(std::span<const ExprPtr>) {
  return Signature{{}, LogicalType::string().not_null()};
}

Result<ColumnPtr> current_database(const Expr& call, const data::Batch& batch, Context&) {
  return data::share(Column::constant(call.type, std::string("default_database"), batch.rows));
}

constexpr std::array functions = {
    Function{.name = "TYPEOF",
             .min_args = 1,
             .max_args = 2,
             .infer = infer_typeof,
             .lazy = type_of,
             .forms = "TYPEOF(<ANY>)'\n'TYPEOF(<ANY>, <BOOLEAN>)"},
    Function{.name = "UUID",
             .infer = infer_uuid,
             .lazy = uuid,
             .forms = "UUID()",
             .deterministic = false},
    Function{.name = "CURRENT_DATABASE",
             .infer = infer_name,
             .lazy = current_database,
             .forms = "CURRENT_DATABASE()"},
};

}  // namespace

std::span<const Function> other_functions() {
  return functions;
}

}  // namespace millrace::expr
