"""What a machine sends to become a point, and what it gets back."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from controller.web.schemas import Input


class EnrolCodeOut(BaseModel):
    """A code, shown once."""

    code: str
    point_id: str
    expires_at: datetime


class EnrolIn(Input):
    """What a machine sends to become a point."""

    secret: Annotated[str, Field(min_length=1, max_length=64)]
    csr_pem: Annotated[str, Field(min_length=1, max_length=16_384)]


class EnrolOut(BaseModel):
    """What it gets back: all names are the controller's."""

    point_id: str
    point_number: int
    name: str
    certificate_pem: str
    ca_pem: str
    broker_host: str
    broker_port: int


class RenewIn(Input):
    """What a point sends to renew its certificate; see contracts/renewal.py."""

    # The request is signed as it was sent, with the line break at its end.
    model_config = ConfigDict(str_strip_whitespace=False)
    certificate_pem: Annotated[str, Field(min_length=1, max_length=16_384)]
    csr_pem: Annotated[str, Field(min_length=1, max_length=16_384)]
    signature: Annotated[str, Field(min_length=1, max_length=512)]


class TimeIn(Input):
    """A nonce of 16 to 64 bytes in hexadecimal."""

    nonce: Annotated[str, Field(pattern=r"^([0-9a-fA-F]{2}){16,64}$")]


class TimeOut(BaseModel):
    """The time, signed by a key that the installation's authority certifies."""

    nonce: str
    time: str
    signature: str
    certificate_pem: str
