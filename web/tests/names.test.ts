// Names of points under small pictures.
import assert from "node:assert/strict";
import { test } from "node:test";
import { short } from "../kiosk/names";

test("what tells one commune from another stays, however its office is spelt", () => {
  for (const office of ["Ủy ban nhân dân", "Uỷ ban nhân dân", "Ủy ban Nhân dân", "ỦY BAN NHÂN DÂN"])
    assert.equal(short(`${office} xã Nghĩa Phương`), "UBND xã Nghĩa Phương");
  assert.equal(short("Ủy ban nhân dân xã Nà Hẩu".normalize("NFD")), "UBND xã Nà Hẩu");
  assert.equal(short("Văn phòng Hội đồng nhân dân tỉnh"), "Văn phòng HĐND tỉnh");
  assert.equal(short("Uỷ ban Mặt trận Tổ quốc Việt Nam xã A"), "UBMTTQ xã A");
});

test("other names stay as they are", () => {
  assert.equal(short("Xã Thu Cúc"), "Xã Thu Cúc");
  assert.equal(short("Phòng họp UBND tỉnh"), "Phòng họp UBND tỉnh");
});
