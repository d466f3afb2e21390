"""The check's own reader of the strip agrees with the product's writer."""

from hypothesis import given
from hypothesis import strategies as st

from media.testcard import marker as product
from scripts.demo.check import strip


@given(number=st.integers(0, 255), wall_ms=st.integers(0, 2**43))
def test_reads_what_the_product_draws(number, wall_ms):
    written = product.at(number, wall_ms)
    read = strip.read([int(bit) for bit in product.to_bits(written).ravel()])
    assert read == strip.Strip(number, written.counter, written.made_at_ms)


@given(st.integers(0, 59), st.integers(0, 2**40))
def test_one_wrong_block_is_noticed(position, wall_ms):
    bits = [int(bit) for bit in product.to_bits(product.at(3, wall_ms)).ravel()]
    bits[position] ^= 1
    assert strip.read(bits) is None


def test_latency_over_the_wrap_of_the_clock():
    assert strip.latency_ms(strip.CLOCK_MODULUS + 20, strip.CLOCK_MODULUS - 60) == 80
