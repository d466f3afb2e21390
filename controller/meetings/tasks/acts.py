"""What the office does with tasks, by a page or a program: done, and in the audit log."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from controller.audit.noting import noted
from controller.audit.service import Action
from controller.meetings.tasks.desk import TaskDesk, TaskTyped
from controller.web.deps import Office, WebParts


@dataclass(frozen=True, slots=True)
class TaskActing:
    """What whoever asks may do, being of the office."""

    web: WebParts
    person: Office
    request: Request

    def add(self, meeting_id: str, typed: TaskTyped) -> int:
        """Note a task."""
        task_id = self._desk.add(meeting_id, typed, actor=self.person.user_name)
        self._note(Action.ADD_TASK, meeting_id, typed.text)
        return task_id

    def change(self, meeting_id: str, task_id: int, typed: TaskTyped, version: int) -> None:
        """Change a task."""
        self._desk.change(meeting_id, task_id, typed, version)
        self._note(Action.CHANGE_TASK, meeting_id, typed.text)

    def set_done(self, meeting_id: str, task_id: int, *, is_done: bool) -> None:
        """Say that a task is done, or is not."""
        actor = self.person.user_name
        if self._desk.set_done(meeting_id, task_id, is_done=is_done, actor=actor):
            action = Action.FINISH_TASK if is_done else Action.REOPEN_TASK
            self._note(action, meeting_id, str(task_id))

    def remove(self, meeting_id: str, task_id: int) -> None:
        """Take a task out."""
        self._note(Action.REMOVE_TASK, meeting_id, self._desk.remove(meeting_id, task_id))

    @property
    def _desk(self) -> TaskDesk:
        return self.web.part(TaskDesk)

    def _note(self, action: Action, meeting_id: str, detail: str) -> None:
        actor = self.person.user_name
        noted(self.web, self.request, action, actor=actor, subject=meeting_id, detail=detail)


TaskActs = Annotated[TaskActing, Depends(TaskActing)]
